"""What is counted, how it is bounded, and that Prometheus' own parser reads it."""

import doctest

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scoring.server import metrics
from scoring.server.documents import Counts
from scoring.server.exposition import Exposition
from scoring.server.line import Line
from scoring.server.metrics import Metrics
from scoring.server.pace import measured
from scoring.server.routes import Routes, Served
from tests.scoring.models import digest, loaded, regressor
from tests.scoring.server.serving import serving_model

MODEL = regressor([1.0, 1.0])
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(counted: Metrics, routes: Routes | None = None) -> Samples:
    exposition = Exposition(counted, lambda: routes or Routes(), lambda: Counts(70, 3), lambda: 2)
    return parsed(exposition.text().decode())


def parsed(page: str) -> Samples:
    families = text_string_to_metric_families(page)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def of(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


def test_requests_rows_and_times_are_counted():
    counted = Metrics()
    counted.observe("v1", "/score", 200, 0.0003, 5)
    counted.observe("v1", "/score", 200, 0.02, 2)
    counted.observe("v1", "/score", 400, 99.0, 0)
    counted.observe("", "/score", 503, 0.0001, 0)
    found = samples(counted)
    labels = {"deployment": "v1", "path": "/score"}
    assert of(found, "ratchet_requests_total", **labels, status="200") == 2
    assert of(found, "ratchet_requests_total", **labels, status="400") == 1
    assert of(found, "ratchet_rows_total", deployment="v1") == 7
    duration = "ratchet_request_duration_seconds"
    assert of(found, f"{duration}_count", **labels) == 3
    assert of(found, f"{duration}_sum", **labels) == pytest.approx(99.0203)
    expected = {"0.00025": 0, "0.0005": 1, "0.01": 1, "0.025": 2, "10": 2, "+Inf": 3}
    for bound, count in expected.items():
        assert of(found, f"{duration}_bucket", **labels, le=bound) == count
    # A bucket holds what took exactly its bound.
    one = {"deployment": "", "path": "/score", "le": "0.0001"}
    assert of(found, f"{duration}_bucket", **one) == 1


def test_what_is_so_is_told_beside_what_happened():
    model = loaded(MODEL)
    served = Served("7", model, Line(model, measured(model)))
    found = samples(Metrics(), Routes({"a": served, "b": served}, {"a": 90, "b": 10}))
    info = {"version": "7", "sha256": digest(MODEL)}
    assert of(found, "ratchet_deployment_info", deployment="a", **info) == 1
    assert of(found, "ratchet_traffic_percent", deployment="b") == 10
    assert of(found, "ratchet_log_rows_total", result="written") == 70
    assert of(found, "ratchet_log_rows_total", result="dropped") == 3
    assert of(found, "ratchet_requests_inside") == 2
    assert (of(found, "process_resident_memory_bytes") or 0) > 1_000_000


def test_strangers_cannot_make_series():
    counted = Metrics()
    for number in range(5000):
        counted.observe("", f"/{number}", 404, 0.001, 0)
        counted.observe("", f"/v2/models/{number}/versions/{number}/infer", 404, 0.001, 0)
    assert {path: sum(series.buckets) for (_, path, _), series in counted.series.items()} == {
        "other": 5000,
        "/v2/models/{model}/infer": 5000,
    }


def test_a_server_tells_what_it_was_asked():
    asked = {"inputs": [{"name": "X", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4]}]}
    with serving_model(MODEL, keys=("key-1",)) as client:
        client.headers["authorization"] = "Bearer key-1"
        client.post("/score", json={"data": [[1, 2]] * 5})
        client.post("/score", json={"data": [[1]]})
        client.post("/score", json={}, headers={"authorization": "Bearer other"})
        client.post("/v2/models/digits/infer", json=asked)
        client.get("/wp-admin")
        response = client.get("/metrics", headers={"authorization": ""})
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "key-1" not in response.text
    found = parsed(response.text)
    counted = {
        tuple(dict(labels)[name] for name in ("deployment", "path", "status")): value
        for (name, labels), value in found.items()
        if name == "ratchet_requests_total" and ("path", "/readyz") not in labels
    }
    assert counted == {
        ("v1", "/score", "200"): 1,
        ("v1", "/score", "400"): 1,
        ("", "/score", "401"): 1,
        ("v1", "/v2/models/{model}/infer", "200"): 1,
        ("", "other", "404"): 1,
    }
    assert of(found, "ratchet_rows_total", deployment="v1") == 7
    assert of(found, "ratchet_traffic_percent", deployment="v1") == 100


def test_the_example_holds():
    assert doctest.testmod(metrics) == (0, 1)
