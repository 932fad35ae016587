"""Container groups, asked for by Microsoft's own client."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from local.cloud.schemas import load
from tests.local.cloud.emulator import CONTAINERS, GROUP, IDENTITY, Emulator, eventually, group

EXAMPLES = Path(__file__).parents[2] / "specs/containerinstance"


def test_group_is_created_serves_and_is_deleted(cloud: Emulator):
    groups = cloud.containers().container_groups
    created = groups.begin_create_or_update("ratchet", "serves", group("web")).result()
    assert created.provisioning_state == "Succeeded"
    assert created.ip_address.ports[0].port == 8080
    address = f"http://{created.ip_address.ip}:8080/"
    assert eventually(lambda: _status(address)) == 200
    groups.begin_delete("ratchet", "serves").result()
    with pytest.raises(ResourceNotFoundError):
        groups.get("ratchet", "serves")
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


def test_two_groups_serve_on_the_same_port(cloud: Emulator):
    groups = cloud.containers().container_groups
    made = [
        groups.begin_create_or_update("ratchet", name, group("web")).result()
        for name in ("twin-a", "twin-b")
    ]
    places = {(one.ip_address.ip, one.ip_address.ports[0].port) for one in made}
    assert len(places) == 2
    for ip, port in places:
        eventually(partial(_status, f"http://{ip}:{port}/"))


def test_secret_value_reaches_the_container_alone(cloud: Emulator):
    body = group("tell", policy="Never", PLAIN="seen")
    variables = body["properties"]["containers"][0]["properties"]["environmentVariables"]
    variables.append({"name": "HIDDEN", "secureValue": "not to be told"})
    client = cloud.containers()
    client.container_groups.begin_create_or_update("ratchet", "secret", body).result()
    log = eventually(lambda: _log(cloud, "secret"))
    assert "HIDDEN=not to be told" in log
    assert "PLAIN=seen" in log
    told = cloud.ask("GET", f"{GROUP}/{CONTAINERS}/secret").text
    assert "seen" in told
    assert "not to be told" not in told


def test_container_sees_nothing_of_the_programs_environment(cloud: Emulator):
    body = group("tell", policy="Never")
    cloud.containers().container_groups.begin_create_or_update("ratchet", "bare", body).result()
    log = eventually(lambda: _log(cloud, "bare"))
    assert {line.partition("=")[0] for line in log.splitlines()} == {"HOME", "PATH", "PWD"}


def test_container_runs_under_the_identity_of_its_group(cloud: Emulator):
    body = group("tell", policy="Never")
    body["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    cloud.containers().container_groups.begin_create_or_update("ratchet", "ident", body).result()
    log = eventually(lambda: _log(cloud, "ident"))
    assert f"IDENTITY_ENDPOINT={cloud.addresses['identity']}" in log
    assert f"REQUESTS_CA_BUNDLE={cloud.addresses['ca_bundle']}" in log


def test_container_that_ends_is_told_with_its_exit_code(cloud: Emulator):
    groups = cloud.containers().container_groups
    groups.begin_create_or_update("ratchet", "ends", group("one", policy="Never")).result()
    ended = eventually(lambda: _terminated(cloud, "ends"))
    assert ended.current_state.exit_code == 1
    assert ended.restart_count == 0
    assert groups.get("ratchet", "ends").instance_view.state == "Failed"


def test_container_that_should_always_run_is_restarted(cloud: Emulator):
    groups = cloud.containers().container_groups
    groups.begin_create_or_update("ratchet", "again", group("one", policy="OnFailure")).result()

    def restarted() -> int:
        view = groups.get("ratchet", "again").containers[0].instance_view
        return int(view.restart_count) if view.previous_state else 0

    assert eventually(restarted) >= 1


def test_stopped_group_serves_again_once_it_is_started(cloud: Emulator):
    groups = cloud.containers().container_groups
    made = groups.begin_create_or_update("ratchet", "halts", group("web")).result()
    address = f"http://{made.ip_address.ip}:8080/"
    eventually(lambda: _status(address))
    groups.stop("ratchet", "halts")
    assert groups.get("ratchet", "halts").instance_view.state == "Stopped"
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)
    groups.begin_start("ratchet", "halts").result()
    assert eventually(lambda: _status(address)) == 200


@pytest.mark.parametrize("way", ["restart", "put"])
def test_container_is_started_anew(cloud: Emulator, way: str):
    groups = cloud.containers().container_groups
    name = f"anew-{way}"
    groups.begin_create_or_update("ratchet", name, group("web")).result()
    before = groups.get("ratchet", name).containers[0].instance_view.current_state.start_time
    if way == "restart":
        groups.begin_restart("ratchet", name).result()
    else:
        groups.begin_create_or_update("ratchet", name, group("web", NEW="1")).result()
    after = groups.get("ratchet", name).containers[0].instance_view.current_state.start_time
    assert after > before


def test_tags_are_changed_without_a_restart(cloud: Emulator):
    groups = cloud.containers().container_groups
    groups.begin_create_or_update("ratchet", "tags", group("web")).result()
    before = groups.get("ratchet", "tags").containers[0].instance_view.current_state.start_time
    updated = groups.update("ratchet", "tags", {"tags": {"owner": "me"}})
    assert updated.tags == {"owner": "me"}
    after = groups.get("ratchet", "tags").containers[0].instance_view.current_state.start_time
    assert after == before


def test_stubborn_container_is_ended_by_force(cloud: Emulator):
    groups = cloud.containers().container_groups
    groups.begin_create_or_update("ratchet", "stubborn", group("stubborn")).result()
    eventually(lambda: _log(cloud, "stubborn"))
    groups.stop("ratchet", "stubborn")
    assert groups.get("ratchet", "stubborn").instance_view.state == "Stopped"


def test_unknown_image_is_refused(cloud: Emulator):
    groups = cloud.containers().container_groups
    with pytest.raises(HttpResponseError) as refused:
        groups.begin_create_or_update("ratchet", "nowhere", group("nginx"))
    assert refused.value.error
    assert refused.value.error.code == "InaccessibleImage"
    assert "nginx" in str(refused.value.error.message)


def test_size_of_a_group_cannot_be_changed(cloud: Emulator):
    groups = cloud.containers().container_groups
    groups.begin_create_or_update("ratchet", "fixed", group("web")).result()
    larger = group("web")
    larger["properties"]["containers"][0]["properties"]["resources"]["requests"]["cpu"] = 2.0
    with pytest.raises(HttpResponseError) as refused:
        groups.begin_create_or_update("ratchet", "fixed", larger)
    assert refused.value.error
    assert refused.value.error.code == "InvalidContainerGroupUpdate"


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("name", "../../outside", "InvalidContainerName"),
        ("name", "", "InvalidContainerName"),
        ("variable", "A=B", "InvalidEnvironmentVariable"),
        ("value", "a\0b", "InvalidEnvironmentVariable"),
        ("port", 70000, "InvalidPort"),
    ],
    ids=["path as name", "no name", "assignment as name", "NUL in a value", "port too high"],
)
def test_group_that_cannot_be_run_is_refused(cloud: Emulator, place: str, value: Any, code: str):
    body = group("web", port=value if place == "port" else 8080)
    container = body["properties"]["containers"][0]
    variable = {"name": value if place == "variable" else "A", "value": "x"}
    if place == "value":
        variable["value"] = value
    container["properties"]["environmentVariables"] = [variable]
    container["name"] = value if place == "name" else "main"
    answer = cloud.ask("PUT", f"{GROUP}/{CONTAINERS}/odd", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_group_that_is_not_there_is_deleted_with_204(cloud: Emulator):
    assert cloud.ask("DELETE", f"{GROUP}/{CONTAINERS}/never-was").status_code == 204


def test_groups_are_listed_by_group_and_subscription(cloud: Emulator):
    groups = cloud.containers("owner").container_groups
    groups.begin_create_or_update("ratchet", "listed", group("web")).result()
    groups.begin_create_or_update("elsewhere", "listed-too", group("web")).result()
    names = {one.name for one in groups.list_by_resource_group("ratchet")}
    assert "listed" in names
    assert "listed-too" not in names
    assert {"listed", "listed-too"} <= {one.name for one in groups.list()}


def test_last_lines_of_a_log_are_told(cloud: Emulator):
    client = cloud.containers("owner")
    body = group("tell", policy="Never", ZZ="last")
    client.container_groups.begin_create_or_update("ratchet", "tail", body).result()
    eventually(lambda: _log(cloud, "tail"))
    assert client.containers.list_logs("ratchet", "tail", "main", tail=1).content == "ZZ=last\n"


def test_answers_satisfy_the_published_definition(cloud: Emulator):
    created = cloud.ask("PUT", f"{GROUP}/{CONTAINERS}/shape", group("web"))
    assert created.status_code == 201
    eventually(lambda: _state(cloud, "shape") == "Succeeded")
    answer = cloud.ask("GET", f"{GROUP}/{CONTAINERS}/shape")
    listed = cloud.ask("GET", f"{GROUP}/{CONTAINERS}")
    schemas = load("containerinstance.2023-05-01")
    assert schemas.problems("ContainerGroup", created.json()) == []
    assert schemas.problems("ContainerGroup", answer.json()) == []
    assert schemas.problems("ContainerGroupListResult", listed.json()) == []


def test_answer_has_all_that_the_published_example_has(cloud: Emulator):
    example = json.loads((EXAMPLES / "ContainerGroupsGet_Failed.json").read_text())
    wanted = example["responses"]["200"]["body"]
    eventually(lambda: cloud.ask("PUT", f"{GROUP}/{CONTAINERS}/like", group("web")).is_success)
    eventually(lambda: _state(cloud, "like") == "Succeeded")
    answer = cloud.ask("GET", f"{GROUP}/{CONTAINERS}/like").json()
    only_asked_for = {"imageRegistryCredentials", "volumes"}
    assert wanted.keys() <= answer.keys()
    assert wanted["properties"].keys() - only_asked_for <= answer["properties"].keys()
    theirs, ours = (
        one["properties"]["containers"][0]["properties"]["instanceView"] for one in (wanted, answer)
    )
    assert theirs.keys() <= ours.keys()
    assert theirs["currentState"].keys() <= ours["currentState"].keys()
    assert theirs["events"][0].keys() <= ours["events"][0].keys()


def _status(url: str) -> int | None:
    try:
        return httpx.get(url, trust_env=False).status_code
    except httpx.TransportError:
        return None


def _log(cloud: Emulator, name: str) -> str:
    content: str = cloud.containers("owner").containers.list_logs("ratchet", name, "main").content
    return content


def _terminated(cloud: Emulator, name: str) -> Any:
    view = cloud.containers().container_groups.get("ratchet", name).containers[0].instance_view
    return view if view and view.current_state.state == "Terminated" else None


def _state(cloud: Emulator, name: str) -> str:
    answer = cloud.ask("GET", f"{GROUP}/{CONTAINERS}/{name}").json()
    return str(answer["properties"]["provisioningState"])
