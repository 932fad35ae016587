"""What requests leave in the inference log: a server in this process, and real ones on Azurite."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from local.azurite import server
from local.ports import free_ports
from local.processes import Supervisor
from scoring.server.settings import Recording
from tests.scoring.models import classifier, regressor
from tests.scoring.server.processes import Account, answered, free_port, process
from tests.scoring.server.serving import (
    ROW,
    MemoryStore,
    deployment,
    desired,
    serving,
    until,
)

LABELS = classifier(["no", "yes"], columns=["age", "weight"])
SUM = regressor([1.0, 10.0], columns=["age", "weight"])
STILL = {"RATCHET_LOG_EVERY": "30"}


def logged(store: MemoryStore) -> pd.DataFrame:
    """All that was logged, in the order of writing."""
    return pd.concat([pd.read_parquet(BytesIO(each)) for each in store.logged.values()])


@contextmanager
def logging(store: MemoryStore, recording: Recording | None = None) -> Iterator[httpx.Client]:
    """A server with a classifier v1, which gets all traffic, and a regressor v2."""
    deployments = [deployment(store, "v1", LABELS), deployment(store, "v2", SUM)]
    store.write(desired(1, deployments, {"v1": 100}))
    with serving(store, recording=recording) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        until(lambda: score(client, [[0, 0]], "warm", "v2").status_code == 200)
        yield client


def score(
    client: httpx.Client, rows: list[list[float]], request: str, forced: str = "v1"
) -> httpx.Response:
    headers = {"x-request-id": request, "azureml-model-deployment": forced}
    return client.post("/score", json={"data": rows}, headers=headers)


def test_rows_are_logged_with_what_they_were_answered():
    store = MemoryStore()
    before = datetime.now(UTC)
    with logging(store) as client:
        score(client, [[1, 3], [3, 1], [0, 5]], "three rows")
        score(client, [[1, 3], [3, 1], [0, 5]], "three-rows")
        client.post("/invocations", json={"instances": [[9, 8]]})
    found = logged(store)
    found = found[found["ratchet.version"] == "v1"]
    three = found[found["ratchet.request"] == "three-rows"]
    assert three[["age", "weight", "prediction"]].to_numpy().tolist() == [
        [1.0, 3.0, "yes"],
        [3.0, 1.0, "no"],
        [0.0, 5.0, "yes"],
    ]
    assert found["age"].dtype == "float32"
    assert len(found) == 7
    assert set(found["ratchet.status"]) == {200}
    assert found["ratchet.at"].between(before, datetime.now(UTC)).all()
    assert found["ratchet.latency_ms"].between(0, 30_000, inclusive="neither").all()


def test_versions_with_other_answers_are_logged_in_files_of_their_own():
    store = MemoryStore()
    with logging(store) as client:
        score(client, [[1, 3]], "label")
        score(client, [[1, 3]], "sum", "v2")
    found = {each["ratchet.request"]: each for each in logged(store).to_dict("records")}
    assert (found["label"]["ratchet.version"], found["label"]["prediction"]) == ("v1", "yes")
    assert (found["sum"]["ratchet.version"], found["sum"]["prediction"]) == ("v2", 31.0)


def test_only_rows_that_were_answered_are_logged():
    store = MemoryStore()
    with logging(store) as client:
        assert score(client, [[1, 3], [1]], "short").status_code == 400
        assert score(client, [[1, 3]], "nowhere", "v9").status_code == 404
        assert client.post("/score", content=b"{").status_code == 400
        assert score(client, [[1, 3]], "fine").status_code == 200
    assert set(logged(store)["ratchet.request"]) == {"warm", "fine"}


@pytest.mark.parametrize("given", ["4bf92f35-77b3/4da6:a3ce=929+d0@e0_e4.736", "x" * 128])
def test_the_request_keeps_the_id_that_its_client_gave(given: str):
    store = MemoryStore()
    with logging(store) as client:
        assert score(client, [[1, 3]], given).headers["x-request-id"] == given
        refused = client.get("/nothing", headers={"x-request-id": given})
    assert refused.headers["x-request-id"] == given
    assert given in set(logged(store)["ratchet.request"])


def test_the_id_that_clients_of_azure_give_is_kept_too():
    store = MemoryStore()
    with logging(store) as client:
        headers = {"x-ms-client-request-id": "azure-7"}
        response = client.post("/score", json={"data": [[1, 3]]}, headers=headers)
    assert response.headers["x-request-id"] == "azure-7"
    assert set(logged(store)["ratchet.request"]) == {"warm", "azure-7"}


@pytest.mark.parametrize(
    "given", ["", "x" * 129, "a b", "a\tb", "<script>", "'; drop", "\xe9", "a,b", "x" * 8000]
)
def test_an_id_that_is_not_fit_to_be_repeated_is_replaced(given: str):
    store = MemoryStore()
    with logging(store) as client:
        response = client.post(
            "/score", json={"data": [[1, 3]]}, headers={b"x-request-id": given.encode("latin-1")}
        )
    assert response.headers["x-request-id"] == response.headers["x-ms-request-id"]
    assert set(logged(store)["ratchet.request"]) == {"warm", response.headers["x-request-id"]}


def test_a_sample_is_logged_and_excluded_columns_are_not():
    store = MemoryStore()
    recording = Recording(sample=0.3, exclude=frozenset({"age"}))
    with logging(store, recording) as client:
        for number in range(400):
            score(client, [[1, 3], [3, 1]], f"request-{number}")
    found = logged(store)
    assert "age" not in found
    rows = found[found["ratchet.request"] != "warm"].groupby("ratchet.request").size()
    assert set(rows) == {2}  # A request is logged whole or not at all.
    assert 74 < len(rows) < 166  # Binomial: five standard deviations are 46.


def test_nothing_is_logged_when_the_share_is_zero():
    store = MemoryStore()
    with logging(store, Recording(sample=0)) as client:
        score(client, [[1, 3]], "request")
    assert store.logged == {}


def test_the_status_counts_what_was_logged():
    store = MemoryStore()
    with logging(store, Recording(rows=1)) as client:
        score(client, [[1, 3], [3, 1]], "request")
        until(lambda: len(store.logged) > 1)
        store.write(desired(2, [deployment(store, "v3", SUM)], {"v3": 100}))
        until(lambda: store.statuses[-1]["log"] == {"written": 3, "dropped": 0})


def ask(port: int, request: str) -> int:
    headers = {"x-request-id": request}
    return httpx.post(f"http://127.0.0.1:{port}/score", json=ROW, headers=headers).status_code


def serves(port: int) -> bool:
    return answered(f"http://127.0.0.1:{port}") is not None


def test_a_graceful_stop_writes_what_was_answered(account: Account):
    port = free_port()
    account.deploy_model(1, LABELS)
    with process(account, port, **STILL) as running:
        until(lambda: serves(port))
        assert {ask(port, f"request-{number}") for number in range(20)} == {200}
        assert account.logs() == {}
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    ((path, found),) = account.logs().items()
    assert found["ratchet.request"].tolist()[1:] == [f"request-{number}" for number in range(20)]
    hours = {(datetime.now(UTC) - timedelta(hours=ago)).strftime("%Y/%m/%d/%H") for ago in (0, 1)}
    assert path.rpartition("/")[0] in {f"{account.endpoint}/{hour}" for hour in hours}
    assert found.columns.tolist()[:3] == ["age", "weight", "prediction"]


def test_a_killed_server_loses_no_more_than_what_was_queued(account: Account):
    port = free_port()
    account.deploy_model(1, LABELS)
    with process(account, port, RATCHET_LOG_ROWS="5", **STILL) as running:
        until(lambda: serves(port))
        for number in range(4):
            ask(port, f"kept-{number}")
        until(lambda: len(account.logs()) == 1)
        for number in range(4):
            ask(port, f"lost-{number}")
        running.send_signal(signal.SIGKILL)
        running.wait(30)
    assert account.logged()[1:] == [f"kept-{number}" for number in range(4)]


@contextmanager
def own_azurite(folder: Path) -> Iterator[tuple[str, Any, Any]]:
    """An Azurite that can be ended and started again: its connection string, and how to."""
    blob, queue, table = free_ports(3)
    connection = server.connection_string(blob=blob, queue=queue, table=table)
    service = server.azurite(folder / "data", blob=blob, queue=queue, table=table)
    with Supervisor(folder / "logs") as processes:
        processes.start(service)
        yield connection, lambda: processes.stop("azurite"), lambda: processes.start(service)


def test_requests_are_answered_while_storage_is_down_and_logged_when_it_is_back(tmp_path: Path):
    port = free_port()
    with own_azurite(tmp_path) as (connection, end, start):
        account = Account(connection)
        account.deploy_model(1, LABELS)
        with account.service, process(account, port, RATCHET_LOG_EVERY="1"):
            until(lambda: serves(port))
            until(lambda: len(account.logged()) > 0)
            end()
            assert {ask(port, f"down-{number}") for number in range(200)} == {200}
            start()
            assert ask(port, "back") == 200
            until(lambda: "back" in account.logged())
            until(lambda: account.status("traffic") == {"v1": 100})
