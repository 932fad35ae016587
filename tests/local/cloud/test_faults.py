"""Trouble on demand, as Microsoft's own clients meet it."""

import time

import httpx
import pytest
from azure.core.exceptions import HttpResponseError

from local.cloud.faults import Call, Fault, Faults
from tests.local.cloud.emulator import CONTAINERS, GROUP, Emulator, eventually, group


def test_throttled_call_is_tried_again_when_it_was_told_to(cloud: Emulator):
    cloud.fault(kind="throttle", method="GET", path="*/containerGroups/slowdown", times=1)
    name = f"{GROUP}/{CONTAINERS}/slowdown"
    first = cloud.ask("GET", name)
    assert (first.status_code, first.headers["Retry-After"]) == (429, "1")
    assert cloud.ask("GET", name).status_code == 404


def test_microsofts_client_survives_throttling(cloud: Emulator):
    cloud.fault(kind="throttle", service="arm", path="*/containerGroups/patient", times=2)
    groups = cloud.containers().container_groups
    made = groups.begin_create_or_update("ratchet", "patient", group("web")).result()
    assert made.provisioning_state == "Succeeded"


def test_call_is_forbidden_to_one_principal(cloud: Emulator):
    fault = cloud.fault(kind="forbid", principal="app", path="*/containerGroups/private")
    path = f"{GROUP}/{CONTAINERS}/private"
    assert cloud.ask("GET", path, principal="app").status_code == 403
    assert cloud.ask("GET", path, principal="owner").status_code == 404
    assert httpx.delete(fault, trust_env=False).status_code == 204
    assert cloud.ask("GET", path, principal="app").status_code == 404


def test_group_in_transition_refuses_another_change(cloud: Emulator):
    cloud.fault(kind="slow", method="PUT", path="*/containerGroups/slow", delay=1.5, times=1)
    path = f"{GROUP}/{CONTAINERS}/slow"
    began = time.monotonic()
    assert cloud.ask("PUT", path, group("web")).status_code == 201
    assert cloud.ask("GET", path).json()["properties"]["provisioningState"] == "Pending"
    again = cloud.ask("PUT", path, group("web"))
    assert (again.status_code, again.json()["error"]["code"]) == (
        409,
        "ContainerGroupTransitioning",
    )
    eventually(lambda: _state(cloud, "slow") == "Succeeded")
    assert time.monotonic() - began >= 1.5


def test_group_that_should_fail_fails_with_the_reason(cloud: Emulator):
    cloud.fault(kind="fail", path="*/containerGroups/fails", times=1, reason="no quota left")
    groups = cloud.containers().container_groups
    with pytest.raises(HttpResponseError, match="no quota left"):
        groups.begin_create_or_update("ratchet", "fails", group("web")).result()
    failed = groups.get("ratchet", "fails")
    assert failed.provisioning_state == "Failed"
    assert [event.message for event in failed.instance_view.events] == ["no quota left"]
    repaired = groups.begin_create_or_update("ratchet", "fails", group("web")).result()
    assert repaired.provisioning_state == "Succeeded"


def test_read_is_stale_after_a_write_while_asked_for(cloud: Emulator):
    path = f"{GROUP}/{CONTAINERS}/stale"
    cloud.fault(kind="stale", method="GET", path="*/containerGroups/stale", times=2)
    assert cloud.ask("PUT", path, group("web")).status_code == 201
    assert [cloud.ask("GET", path).status_code for _ in range(3)] == [404, 404, 200]
    eventually(lambda: _state(cloud, "stale") == "Succeeded")
    cloud.fault(kind="stale", method="GET", path="*/containerGroups/stale", times=1)
    cloud.ask("PATCH", path, {"tags": {"new": "1"}})
    assert "tags" not in cloud.ask("GET", path).json()
    assert cloud.ask("GET", path).json()["tags"] == {"new": "1"}


def test_faults_are_listed_and_cleared(cloud: Emulator):
    cloud.fault(kind="throttle", path="*/never/*", times=1)
    listed = httpx.get(cloud.addresses["faults"], trust_env=False).json()["faults"]
    assert "*/never/*" in {fault["path"] for fault in listed.values()}
    assert httpx.delete(cloud.addresses["faults"], trust_env=False).status_code == 204
    assert httpx.get(cloud.addresses["faults"], trust_env=False).json() == {"faults": {}}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"kind": "flood"}', "application/json", 400),
        (b'{"kind": "slow", "dely": 1}', "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"kind": "throttle"}', "text/plain", 415),
    ],
    ids=["unknown kind", "unknown word", "half", "a form of a web page"],
)
def test_what_is_no_fault_is_refused(cloud: Emulator, content: bytes, kind: str, status: int):
    answer = httpx.post(
        cloud.addresses["faults"], content=content, headers={"Content-Type": kind}, trust_env=False
    )
    assert answer.status_code == status


def test_fault_ends_after_its_seconds():
    now = [100.0]
    faults = Faults(clock=lambda: now[0])
    faults.add(Fault(kind="throttle", seconds=5.0))
    call = Call(service="arm", method="GET", path="/subscriptions/s", principal="app")
    assert faults.strike("throttle", call)
    now[0] = 105.0
    assert faults.strike("throttle", call) is None
    assert faults.all() == {}


def test_fault_fits_calls_in_any_case():
    fault = Fault(kind="throttle", service="arm", method="put", path="*/JOBS/*")
    call = Call(service="arm", method="PUT", path="/x/jobs/y", principal="app")
    assert fault.fits(call)
    assert not fault.fits(Call(service="arm", method="GET", path="/x/jobs/y", principal="app"))


def _state(cloud: Emulator, name: str) -> str:
    answer = cloud.ask("GET", f"{GROUP}/{CONTAINERS}/{name}").json()
    return str(answer["properties"]["provisioningState"])
