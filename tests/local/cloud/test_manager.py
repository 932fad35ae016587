"""What Resource Manager refuses before a provider hears of a request, and how."""

import httpx
import pytest

from local.cloud.schemas import load
from tests.local.cloud.emulator import (
    CONTAINERS,
    GROUP,
    IDENTITY,
    SUBSCRIPTION,
    Emulator,
    group,
)

ONE = f"{GROUP}/{CONTAINERS}/refused"


@pytest.mark.parametrize(
    ("path", "version", "refusal"),
    [
        (ONE, None, (400, "MissingApiVersionParameter")),
        (ONE, "1999-01-01", (400, "NoRegisteredProviderFound")),
        (
            f"{GROUP}/providers/Contoso.Lighting/lamps/a",
            "2023-05-01",
            (404, "InvalidResourceNamespace"),
        ),
        (
            f"{GROUP}/providers/Microsoft.ContainerInstance/lamps/a",
            "2023-05-01",
            (404, "InvalidResourceType"),
        ),
        (f"/subscriptions/{SUBSCRIPTION}", "2023-05-01", (404, "InvalidResourceType")),
        ("/", "2023-05-01", (404, "InvalidResourceType")),
        (f"{GROUP}/{CONTAINERS}/nobody", "2023-05-01", (404, "ResourceNotFound")),
        (
            f"{GROUP}/providers/Microsoft.ContainerInstance/locations/x/operations/y",
            "2023-05-01",
            (404, "OperationNotFound"),
        ),
    ],
    ids=[
        "no version",
        "unknown version",
        "unknown namespace",
        "unknown type",
        "no resource",
        "no path",
        "no such group",
        "no such operation",
    ],
)
def test_request_for_nothing_is_refused_by_code(
    cloud: Emulator, path: str, version: str | None, refusal: tuple[int, str]
):
    assert _refusal(cloud.ask("GET", path, version=version)) == refusal


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not a JSON object"),
    ],
    ids=["half", "endlessly deep", "a list"],
)
def test_body_that_is_no_object_is_refused(cloud: Emulator, content: bytes, told: str):
    answer = httpx.put(
        cloud.addresses["resource_manager"] + ONE,
        params={"api-version": "2023-05-01"},
        content=content,
        headers={"Authorization": f"Bearer {cloud.token('owner')}"},
        verify=cloud.trust,
        trust_env=False,
    )
    assert _refusal(answer) == (400, "InvalidRequestContent")
    assert told in answer.json()["error"]["message"]


def test_body_against_the_definition_is_refused_with_all_mistakes(cloud: Emulator):
    body = group("web")
    del body["properties"]["containers"][0]["properties"]["resources"]
    body["properties"]["osType"] = "BeOS"
    answer = cloud.ask("PUT", ONE, body)
    assert _refusal(answer) == (400, "InvalidRequestContent")
    message = answer.json()["error"]["message"]
    assert "properties.containers[0].properties lacks resources" in message
    assert "properties.osType must be one of: Windows, Linux" in message


def test_refused_value_is_not_repeated(cloud: Emulator):
    body = group("web")
    variables = body["properties"]["containers"][0]["properties"]["environmentVariables"]
    variables.append({"name": "KEY", "secureValue": ["a secret"]})
    answer = cloud.ask("PUT", ONE, body)
    assert answer.status_code == 400
    assert "a secret" not in answer.text


@pytest.mark.parametrize(
    "path",
    [f"{GROUP}/{CONTAINERS}", f"/subscriptions/{SUBSCRIPTION}/{CONTAINERS}/x"],
    ids=["a collection", "of no resource group"],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_a_resource_of_a_group_is_written(cloud: Emulator, method: str, path: str):
    assert _refusal(cloud.ask(method, path, group("web"))) == (405, "MethodNotAllowed")


def test_unknown_action_is_refused(cloud: Emulator):
    answer = cloud.ask("POST", f"{ONE}/explode")
    assert _refusal(answer) == (404, "InvalidAction")


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", "", "read"),
        ("PUT", "/x", "write"),
        ("PATCH", "/x", "write"),
        ("DELETE", "/x", "delete"),
        ("POST", "/x/stop", "stop/action"),
        ("GET", "/x/containers/y/logs", "containers/logs/read"),
    ],
)
def test_stranger_is_told_what_is_not_granted(cloud: Emulator, method: str, path: str, action: str):
    answer = cloud.ask(method, f"{GROUP}/{CONTAINERS}{path}", {}, principal="stranger")
    assert _refusal(answer) == (403, "AuthorizationFailed")
    message = answer.json()["error"]["message"]
    assert f"'Microsoft.ContainerInstance/containerGroups/{action}'" in message
    assert f"{GROUP}/{CONTAINERS}" in message


def test_role_ends_at_its_scope(cloud: Emulator):
    elsewhere = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ratchet-too/{CONTAINERS}"
    assert _refusal(cloud.ask("GET", elsewhere, principal="app")) == (403, "AuthorizationFailed")


def test_identity_may_only_be_given_by_whoever_may_use_it(cloud: Emulator):
    body = group("web")
    foreign = IDENTITY.replace("/ratchet/", "/another/")
    body["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {foreign: {}}}
    answer = cloud.ask("PUT", ONE, body, principal="app")
    assert _refusal(answer) == (403, "LinkedAuthorizationFailed")
    assert foreign in answer.json()["error"]["message"]


def test_refusal_satisfies_the_published_definition(cloud: Emulator):
    answer = cloud.ask("GET", f"{GROUP}/{CONTAINERS}/nobody").json()
    assert load("containerinstance.2023-05-01").problems("CloudError", answer) == []
    assert set(answer["error"]) == {"code", "message"}


def test_case_of_an_id_does_not_count(cloud: Emulator):
    made = cloud.ask("PUT", f"{GROUP}/{CONTAINERS}/case", group("web")).json()
    assert made["id"] == f"{GROUP}/{CONTAINERS}/case"
    found = cloud.ask(
        "GET", f"{GROUP}/{CONTAINERS}/CASE".replace("resourceGroups", "RESOURCEGROUPS")
    )
    assert found.json()["id"] == made["id"]


def _refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
