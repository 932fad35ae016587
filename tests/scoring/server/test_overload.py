"""More than the server can do: it says so, in bounded time and memory, and goes on serving."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx
import pytest

from scoring.server.scorer import Bounds
from tests.scoring.models import regressor, slow
from tests.scoring.server.serving import DEADLINE, FORCE, ROW, half_sent, serving_model, until

SMALL = json.dumps(ROW).encode()


@contextmanager
def asked_all_the_time(client: httpx.Client) -> Iterator[None]:
    """Another client, which asks again as soon as it is answered."""
    done = Event()

    def ask() -> None:
        with httpx.Client(base_url=client.base_url, timeout=DEADLINE) as other:
            while not done.is_set():
                other.post("/score", json=ROW)

    thread = Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_beyond_the_bound_requests_are_sent_away():
    with (
        serving_model(slow(20_000), bounds=Bounds(inside=1)) as client,
        asked_all_the_time(client),
    ):
        refused = first_that_is_not_answered(client)
        assert client.get("/healthz").status_code == 200
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error_code"] == "OVERLOADED"


def first_that_is_not_answered(client: httpx.Client) -> httpx.Response:
    asked = (client.post("/score", json=ROW) for _ in range(1000))
    return next(response for response in asked if response.status_code != 200)


def test_who_sends_slowly_holds_no_place():
    with serving_model(slow(10), bounds=Bounds(inside=1)) as client:
        port = client.base_url.port or 0
        with half_sent(port, b"{}"), half_sent(port, b"{}"):
            answer = client.post("/score", json={"data": [[0.0, 1.0]] * 3000})
    assert answer.status_code == 200


def test_all_bodies_together_have_bounded_room():
    with serving_model(regressor([1.0, 1.0]), bounds=Bounds(bodies=100)) as client:
        with half_sent(client.base_url.port or 0, b" " * 200) as other:
            other.sendall(b" " * 90)
            until(lambda: client.post("/score", content=SMALL).status_code == 503)
            other.sendall(b" " * 90)  # It finds no room itself, and gives back what it had.
            assert other.recv(1000).startswith(b"HTTP/1.1 503")
            until(lambda: client.post("/score", content=SMALL).status_code == 200)
        assert client.post("/score", content=SMALL + b" " * 100).status_code == 503
        assert client.post("/score", content=b"{").status_code == 400
        for _ in range(10):  # What was refused holds nothing.
            assert client.post("/score", content=SMALL).status_code == 200


@pytest.mark.parametrize("rows", [1, 3000], ids=["a small request", "a large one"])
def test_a_slow_model_answers_rows(rows: int):
    with serving_model(slow(1_000)) as client:
        found = client.post("/score", json={"data": [[1.0, 2.0]] * rows})
    assert found.json() == [[1.0, 2.0]] * rows


def test_a_fault_is_counted_for_the_deployment_that_found_it():
    with serving_model(regressor([1.0, 1.0])) as client:
        assert client.post("/score", json={"data": [[1]]}).headers[FORCE] == "v1"
        told = client.get("/metrics").text
    assert 'ratchet_requests_total{deployment="v1",path="/score",status="400"} 1.0' in told
