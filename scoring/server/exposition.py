"""`GET /metrics`: what was counted and what is so, in Prometheus' text format.

    ratchet_requests_total{deployment, path, status}            requests answered
    ratchet_request_duration_seconds{deployment, path}          how long they took, a histogram
    ratchet_rows_total{deployment}                              rows scored
    ratchet_requests_inside                                     requests that wait for a worker, or
                                                                are with one
    ratchet_log_rows_total{result="written"|"dropped"}          rows of the log of predictions
    ratchet_deployment_info{deployment, version, sha256}        1 for each deployment that is loaded
    ratchet_traffic_percent{deployment}                         the share that each one gets
    process_resident_memory_bytes, process_cpu_seconds_total, … of this process, on Linux

Nothing is counted by `prometheus_client` itself, whose counters take a lock each.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from scoring.server.documents import Counts
from scoring.server.metrics import BOUNDS, Metrics
from scoring.server.routes import Routes


class Exposition(Collector):
    """Everything that is told to Prometheus; each part is asked for at the moment of a scrape."""

    def __init__(
        self,
        metrics: Metrics,
        routes: Callable[[], Routes],
        logged: Callable[[], Counts],
        inside: Callable[[], int],
    ) -> None:
        self._metrics = metrics
        self._routes = routes
        self._logged = logged
        self._inside = inside
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """The whole page."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The families of metrics, as `prometheus_client` wants them."""
        yield from _requests(self._metrics)
        yield _rows(self._metrics)
        yield GaugeMetricFamily(
            "ratchet_requests_inside",
            "Requests that wait for a worker or are with one.",
            self._inside(),
        )
        yield _log(self._logged())
        yield from _deployments(self._routes())


def _requests(metrics: Metrics) -> Iterator[Metric]:
    counts = CounterMetricFamily(
        "ratchet_requests", "Requests answered.", labels=("deployment", "path", "status")
    )
    times = HistogramMetricFamily(
        "ratchet_request_duration_seconds",
        "From a request's first byte to its answer.",
        labels=("deployment", "path"),
    )
    buckets: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(BOUNDS) + 1))
    seconds: dict[tuple[str, str], float] = defaultdict(float)
    for (deployment, path, status), series in metrics.series.items():
        counts.add_metric((deployment, path, str(status)), sum(series.buckets))
        found = buckets[deployment, path]
        found[:] = [one + other for one, other in zip(found, series.buckets, strict=True)]
        seconds[deployment, path] += series.seconds
    names = [*map(str, BOUNDS), "+Inf"]
    for labels, found in buckets.items():
        cumulated = list(zip(names, map(float, accumulate(found)), strict=True))
        times.add_metric(labels, cumulated, seconds[labels])
    yield counts
    yield times


def _rows(metrics: Metrics) -> Metric:
    rows: dict[str, int] = defaultdict(int)
    for (deployment, _, _), series in metrics.series.items():
        rows[deployment] += series.rows
    family = CounterMetricFamily("ratchet_rows", "Rows scored.", labels=("deployment",))
    for deployment, count in rows.items():
        if deployment:
            family.add_metric((deployment,), count)
    return family


def _log(counts: Counts) -> Metric:
    family = CounterMetricFamily(
        "ratchet_log_rows", "Rows of the log of inputs and predictions.", labels=("result",)
    )
    family.add_metric(("written",), counts.written)
    family.add_metric(("dropped",), counts.dropped)
    return family


def _deployments(routes: Routes) -> Iterator[Metric]:
    info = InfoMetricFamily("ratchet_deployment", "The deployments that are loaded.")
    traffic = GaugeMetricFamily(
        "ratchet_traffic_percent", "The share of the requests it gets.", labels=("deployment",)
    )
    for name, served in routes.served.items():
        info.add_metric(
            (), {"deployment": name, "version": served.version, "sha256": served.model.sha256}
        )
        traffic.add_metric((name,), routes.traffic.get(name, 0))
    yield info
    yield traffic
