"""What is served follows what is desired, and no request is lost on the way."""

from collections import Counter
from functools import partial
from itertools import islice
from threading import Event, Thread

import httpx
import pytest

from tests.scoring.models import constant
from tests.scoring.server.serving import (
    FORCE,
    ROW,
    MemoryStore,
    answers,
    deployment,
    desired,
    numbered,
    serving,
    until,
)


def last(store: MemoryStore) -> dict[str, object]:
    return store.statuses[-1] if store.statuses else {}


def serves_only(store: MemoryStore, name: str) -> bool:
    return last(store)["traffic"] == {name: 100}


def states(store: MemoryStore) -> dict[str, str]:
    return {each["name"]: each["state"] for each in store.statuses[-1]["deployments"]}


def test_serves_what_is_desired_and_says_so():
    store = MemoryStore()
    with serving(store) as client:
        assert client.get("/readyz").status_code == 503
        assert client.post("/score", json=ROW).status_code == 503
        [first] = numbered(store, 1)
        store.write(desired(7, [first], {"v1": 100}))
        until(lambda: client.get("/readyz").status_code == 200)
        assert answers(client) == 1.0
        until(lambda: last(store).get("traffic") == {"v1": 100})
    status = store.statuses[-1]
    assert status.pop("observed_at").endswith("Z")
    assert status == {
        "schema": 1,
        "endpoint": "digits",
        "generation": 7,
        "deployments": [
            {
                "name": "v1",
                "version": "v1",
                "sha256": first["sha256"],
                "state": "ready",
                "reason": None,
            }
        ],
        "traffic": {"v1": 100},
        "log": {"written": 0, "dropped": 0},
    }


def test_every_request_is_answered_while_versions_change():
    store = MemoryStore()
    deployments = numbered(store, *range(11))
    store.write(desired(1, deployments[:1], {"v0": 100}))
    seen: Counter[tuple[int, float]] = Counter()
    done = Event()

    def hammer(url: httpx.URL) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            while not done.is_set():
                response = client.post("/score", json=ROW)
                seen[response.status_code, response.json()[0]] += 1

    with serving(store) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        threads = [Thread(target=hammer, args=(client.base_url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(1, 11):
            old, new = deployments[number - 1 : number + 1]
            until(partial(seen.__contains__, (200, number - 1.0)))
            store.write(desired(2 * number, [old, new], {old["name"]: 50, new["name"]: 50}))
            until(partial(seen.__contains__, (200, float(number))))
            store.write(desired(2 * number + 1, [new], {new["name"]: 100}))
            until(partial(serves_only, store, new["name"]))
        done.set()
        for thread in threads:
            thread.join()
    assert {status for status, _ in seen} == {200}
    assert {answer for _, answer in seen} == {float(number) for number in range(11)}


def test_traffic_is_split_by_weight():
    store = MemoryStore()
    store.write(desired(1, numbered(store, 1, 2), {"v1": 80, "v2": 20}))
    with serving(store) as client:
        until(lambda: client.post("/score", json=ROW).status_code == 200)
        seen = Counter(answers(client) for _ in range(1000))
    # Binomial: five standard deviations are 63.
    assert 137 < seen[2.0] < 263
    assert seen[1.0] + seen[2.0] == 1000


def test_a_header_asks_for_one_deployment():
    store = MemoryStore()
    store.write(desired(1, numbered(store, 1, 2), {"v1": 100}))
    with serving(store) as client:
        until(lambda: client.post("/score", json=ROW, headers={FORCE: "v2"}).status_code == 200)
        response = client.post("/score", json=ROW, headers={FORCE: "v2"})
        assert response.json() == [2.0]
        assert response.headers[FORCE] == "v2"
        assert client.post("/score", json=ROW).headers[FORCE] == "v1"
        unknown = client.post("/score", json=ROW, headers={FORCE: "v9"})
    assert unknown.status_code == 404
    assert unknown.json()["message"] == "no deployment 'v9' is ready here"


def test_a_deployment_without_traffic_answers_by_name_only():
    store = MemoryStore()
    store.write(desired(1, numbered(store, 1), {}))
    with serving(store) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        assert answers(client, **{FORCE: "v1"}) == 1.0
        refused = client.post("/score", json=ROW)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"


def test_other_bytes_than_those_pinned_are_never_served():
    store = MemoryStore()
    good, bad = numbered(store, 1, 2)
    store.write(desired(1, [good], {"v1": 100}))
    with serving(store) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        store.models[bad["model"]] = constant(666.0)
        store.write(desired(2, [good, bad], {"v2": 100}))
        until(lambda: states(store) == {"v1": "ready", "v2": "failed"})
        assert answers(client) == 1.0
        assert client.post("/score", json=ROW, headers={FORCE: "v2"}).status_code == 404
    assert store.statuses[-1]["traffic"] == {"v1": 100}
    reason = store.statuses[-1]["deployments"][1]["reason"]
    assert f"but {bad['sha256']} was admitted; not loaded" in reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a model", "ONNX Runtime cannot load it"),
        (None, "there is no runs/v2/model/model.onnx"),
    ],
    ids=["not a model", "missing"],
)
def test_a_failed_deployment_leaves_the_others_alone(content: bytes | None, reason: str):
    store = MemoryStore()
    good = numbered(store, 1)[0]
    bad = deployment(store, "v2", content or b"")
    if content is None:
        del store.models[bad["model"]]
    store.write(desired(1, [good, bad], {"v1": 100}))
    with serving(store) as client:
        until(lambda: bool(store.statuses) and states(store) == {"v1": "ready", "v2": "failed"})
        assert answers(client) == 1.0
    assert store.statuses[-1]["deployments"][1]["reason"].startswith(reason)


def test_a_new_generation_tries_a_failed_deployment_again():
    store = MemoryStore()
    [first] = numbered(store, 1)
    content = store.models.pop(first["model"])
    store.write(desired(1, [first], {"v1": 100}))
    with serving(store) as client:
        until(lambda: bool(store.statuses) and states(store) == {"v1": "failed"})
        store.models[first["model"]] = content
        store.write(desired(2, [first], {"v1": 100}))
        until(lambda: client.get("/readyz").status_code == 200)
        assert answers(client) == 1.0


@pytest.mark.parametrize(
    "later",
    [
        desired(4, [], {}),
        desired(5, [], {}),
        b"{",
        desired(9, [], {"ghost": 100}),
        desired(9, [], {}).replace(b"digits", b"others"),
        desired(9, numbered(MemoryStore(), 1), {"v1": 100}).replace(b'"v1"', b'"v1\\n"'),
    ],
    ids=[
        "lower generation",
        "same generation",
        "not JSON",
        "ghost traffic",
        "another endpoint",
        "a name that breaks a header",
    ],
)
def test_a_document_that_cannot_hold_changes_nothing(later: bytes):
    store = MemoryStore()
    store.write(desired(5, numbered(store, 1), {"v1": 100}))
    with serving(store) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        store.write(later)
        reads = store.reads
        until(lambda: store.reads > reads + 2)
        assert answers(client) == 1.0
        # What comes after it is followed.
        store.write(desired(10, numbered(store, 2), {"v2": 100}))
        until(lambda: answers(client) == 2.0)


def test_keeps_serving_while_the_store_is_down():
    store = MemoryStore()
    store.write(desired(1, numbered(store, 1), {"v1": 100}))
    with serving(store) as client:
        until(lambda: last(store).get("traffic") == {"v1": 100})
        store.down = True
        store.write(desired(2, numbered(store, 2), {"v2": 100}))
        assert {answers(client) for _ in range(100)} == {1.0}
        store.down = False
        until(lambda: answers(client) == 2.0)
        until(lambda: last(store).get("traffic") == {"v2": 100})


def test_a_name_given_to_another_model_changes_the_answer():
    store = MemoryStore()
    store.write(desired(1, [deployment(store, "v1", constant(1.0))], {"v1": 100}))
    with serving(store) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        again = deployment(store, "v1", constant(5.0)) | {"version": "5"}
        store.write(desired(2, [again], {"v1": 100}))
        until(lambda: answers(client) == 5.0)
        until(lambda: store.statuses[-1]["deployments"][0]["version"] == "5")
        assert list(islice(states(store), 2)) == ["v1"]


def test_the_same_key_is_answered_by_the_same_deployment():
    store = MemoryStore()
    store.write(desired(1, numbered(store, 1, 2), {"v1": 50, "v2": 50}))
    with serving(store) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        keys = [f"customer-{number}" for number in range(40)] + ["\u00e9", "x" * 5000]
        first, again = ([keyed(client, key) for key in keys] for _ in range(2))
    assert first == again
    assert set(first) == {"v1", "v2"}


def keyed(client: httpx.Client, key: str) -> str:
    """The deployment that answers a key."""
    response = client.post("/score", json=ROW, headers={b"x-ratchet-key": key.encode()})
    return response.headers[FORCE]
