"""What happened, counted for Prometheus; `exposition` writes it down when it is asked for.

Counting is on the way of every request, so it is a look into a table and a few additions, on the
event loop alone and without a lock. Everything else waits for whoever scrapes.

Labels are bounded: paths that nobody serves count as `other`, names of models and versions in a
path do not count at all, and a deployment is one that has answered.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct, field

BOUNDS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
)  # fmt: skip
"""Upper bounds of the buckets of times in seconds; a row on a small model takes 0.1 ms."""

OTHER = "other"
PATHS = frozenset(
    {
        "/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/swagger.json", "/score",
        "/invocations", "/ping", "/health", "/version", "/v2", "/v2/health/live",
        "/v2/health/ready",
    }
)  # fmt: skip
MODELS = re.compile(r"/v2/models/[^/]+(?:/versions/[^/]+)?(/ready|/infer)?")


class Series(Struct):
    """The requests of one deployment, path and status: their times, by bucket, and their rows."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0
    rows: int = 0


class Metrics:
    """Counts the requests that were answered; `series` is all that was counted."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str, int], Series] = {}

    @property
    def series(self) -> Mapping[tuple[str, str, int], Series]:
        """The series by deployment (empty where none answered), path and status."""
        return self._series

    def observe(self, deployment: str, path: str, status: int, seconds: float, rows: int) -> None:
        """Count a request that was answered, `rows` being how many rows it had scored."""
        series = self._series.get((deployment, path, status))
        if series is None:
            series = self._series.setdefault((deployment, label(path), status), Series())
        series.buckets[bisect_left(BOUNDS, seconds)] += 1
        series.seconds += seconds
        series.rows += rows


@lru_cache(1024)
def label(path: str) -> str:
    """What a path counts as.

    >>> label("/score"), label("/v2/models/digits/versions/7/infer"), label("/wp-admin")
    ('/score', '/v2/models/{model}/infer', 'other')
    """
    if path in PATHS:
        return path
    found = MODELS.fullmatch(path)
    return "/v2/models/{model}" + (found[1] or "") if found else OTHER
