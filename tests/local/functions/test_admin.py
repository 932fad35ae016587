"""The host's own interface."""

from pathlib import Path

import pytest

from tests.local.functions.hosting import FUNCTION, MASTER, Hosted, eventually, hosted


def test_status_tells_that_the_host_runs(doors: Hosted):
    with doors.client(MASTER) as client:
        status = client.get("/admin/host/status").json()
    assert status["state"] == "Running"
    assert "errors" not in status
    assert status["processUptime"] > 0


def test_app_that_raises_has_no_function_but_a_host_in_error(tmp_path: Path):
    with hosted("broken", tmp_path) as host, host.client(MASTER) as client:
        status = client.get("/admin/host/status").json()
        assert status["state"] == "Error"
        assert status["errors"] == ["RuntimeError: the import went wrong"]
        assert client.get("/admin/functions").json() == []
        assert client.get("/api/fine").status_code == 404


def test_functions_are_listed_with_their_bindings(doors: Hosted):
    with doors.client(MASTER) as client:
        functions = {each["name"]: each for each in client.get("/admin/functions").json()}
        one = client.get("/admin/functions/push").json()
    assert set(functions) == {"model", "open_door", "closed", "silent", "raises", "push"}
    assert one == functions["push"]
    assert one["config"]["bindings"][0]["type"] == "eventGridTrigger"
    assert one["href"] == f"{doors.url}/admin/functions/push"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/host/status"),
        ("GET", "/admin/functions"),
        ("GET", "/admin/functions/push"),
        ("GET", "/admin/functions/push/status"),
        ("POST", "/admin/functions/push"),
    ],
)
def test_only_the_master_key_opens_it(doors: Hosted, method: str, path: str):
    with doors.client(FUNCTION) as client:
        assert client.request(method, path).status_code == 401


def test_ping_answers_everybody(doors: Hosted):
    with doors.client() as client:
        assert client.get("/admin/host/ping").status_code == 200


def test_function_runs_by_hand(doors: Hosted):
    event = '{"id": "by-hand", "eventType": "a.b", "eventTime": "2026-11-21T00:00:00Z", "data": {}}'
    with doors.client(MASTER) as client:
        answer = client.post("/admin/functions/push", json={"input": event})
    assert answer.status_code == 202
    eventually(lambda: [note for note in doors.seen if note["id"] == "by-hand"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/admin/functions/push", "", 400),
        ("/admin/functions/push", '{"input": 1}', 400),
        ("/admin/functions/push", '{"input": "not json"}', 400),
        ("/admin/functions/nobody", '{"input": ""}', 404),
    ],
)
def test_run_by_hand_that_cannot_be_is_refused(doors: Hosted, path: str, body: str, status: int):
    with doors.client(MASTER) as client:
        assert client.post(path, content=body).status_code == status
