"""The app is indexed whatever its configuration, and says what is missing by name."""

import json
import subprocess
import sys

import azure.functions as func
import pytest

from wiring import host

HEAVY = "pydantic pandas numpy scipy onnxruntime mlflow azure.core azure.servicebus azure.identity"


def test_import_of_the_app_loads_nothing_heavy():
    code = "import function_app, sys; print([m for m in sys.argv[1].split() if m in sys.modules])"
    command = [sys.executable, "-c", code, HEAVY]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"[]\n"


def test_all_triggers_are_indexed_without_any_setting():
    code = (
        "import function_app as f; "
        "print(*[(one.get_function_name(), one.get_trigger().type) "
        "for one in f.app.get_functions()], sep='\\n')"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.decode().splitlines() == [
        "('events', 'serviceBusTrigger')",
        "('push', 'eventGridTrigger')",
        "('receive', 'httpTrigger')",
        "('step', 'serviceBusTrigger')",
        "('work', 'serviceBusTrigger')",
        "('tick', 'timerTrigger')",
        "('health', 'httpTrigger')",
    ]


def test_health_names_every_missing_setting():
    response = host.health()
    document = json.loads(response.get_body())
    assert response.status_code == 503
    assert "the setting MLFLOW_TRACKING_URI is missing" in document["problems"]
    assert (
        "the setting RATCHET_STORAGE (or RATCHET_STORAGE__blobServiceUri and "
        "RATCHET_STORAGE__tableServiceUri) is missing"
    ) in document["problems"]


def request(method: str, body: bytes = b"", **headers: str) -> func.HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return func.HttpRequest(method=method, url="/api/events", headers=named, body=body)


def test_handshake_allows_the_origin_that_asks():
    response = host.receive(request("OPTIONS", WebHook_Request_Origin="eventgrid.azure.net"))
    assert response.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"
    assert response.headers["WebHook-Allowed-Rate"] == "*"


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[7]", 400), (b" " * 1_048_577, 413)])
def test_unreadable_body_is_refused_with_the_reason(body: bytes, status: int):
    response = host.receive(request("POST", body))
    assert response.status_code == status
    assert json.loads(response.get_body())["error"]


def test_handshake_without_an_origin_is_refused():
    assert host.receive(request("OPTIONS")).status_code == 400
