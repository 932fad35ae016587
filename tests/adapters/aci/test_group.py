import json
from dataclasses import replace
from typing import Any

import pytest

from adapters.aci import group
from adapters.aci.group import GroupSettings
from tests.adapters.definitions import SPECS, Definitions

IDENTITY = (
    "/subscriptions/S/resourceGroups/R/providers/Microsoft.ManagedIdentity/userAssignedIdentities/I"
)
SUBNET = "/subscriptions/S/resourceGroups/R/providers/Microsoft.Network/virtualNetworks/V/subnets/N"
LOCAL = GroupSettings(
    location="local",
    image="ratchet/scoring:1",
    environment={"RATCHET_LOG": "info"},
    secrets={"RATCHET_STORAGE": "AccountKey=hush"},
)
AZURE = GroupSettings(
    location="westeurope",
    image="ours.azurecr.io/scoring:1",
    environment={"RATCHET_STORAGE__blobServiceUri": "https://ours.blob.core.windows.net"},
    identity=IDENTITY,
    subnet=SUBNET,
    cpu=2.0,
    memory_gb=4.0,
)


@pytest.mark.parametrize("settings", [LOCAL, AZURE], ids=["local", "Azure"])
def test_a_body_is_valid_by_the_published_definition(settings: GroupSettings) -> None:
    definitions = Definitions("containerinstance/definitions.json")

    assert definitions.mistakes("ContainerGroup", group.body("digits", settings)) == []


def test_in_azure_a_group_is_private_and_has_an_identity() -> None:
    body = group.body("digits", AZURE)

    assert body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    assert body["properties"]["ipAddress"]["type"] == "Private"
    assert body["properties"]["subnetIds"] == [{"id": SUBNET}]
    assert body["properties"]["imageRegistryCredentials"] == [
        {"server": "ours.azurecr.io", "identity": IDENTITY}
    ]


def test_secrets_are_written_where_nobody_reads_them() -> None:
    (container,) = group.body("digits", LOCAL)["properties"]["containers"]

    assert container["properties"]["environmentVariables"] == [
        {"name": "RATCHET_LOG", "value": "info"},
        {"name": "RATCHET_ENDPOINT", "value": "digits"},
        {"name": "RATCHET_STORAGE", "secureValue": "AccountKey=hush"},
    ]
    assert "hush" not in repr(LOCAL)


def test_what_was_put_needs_no_second_put() -> None:
    body = group.body("digits", LOCAL)
    completed = {**body, "properties": {**body["properties"], "provisioningState": "Succeeded"}}

    assert group.same(completed, group.body("digits", LOCAL))


@pytest.mark.parametrize(
    "changed",
    [
        replace(LOCAL, image="ratchet/scoring:2"),
        replace(LOCAL, cpu=2.0),
        replace(LOCAL, environment={}),
        replace(LOCAL, secrets={"RATCHET_STORAGE": "AccountKey=new"}),
        replace(LOCAL, subnet=SUBNET),
    ],
    ids=["image", "size", "environment", "secret", "network"],
)
def test_what_changed_needs_a_put(changed: GroupSettings) -> None:
    assert not group.same(group.body("digits", LOCAL), group.body("digits", changed))


def test_a_group_of_somebody_else_needs_a_put() -> None:
    foreign: dict[str, Any] = {"properties": {"containers": []}}

    assert not group.same(foreign, group.body("digits", LOCAL))


def test_the_published_failure_is_told_in_its_own_words() -> None:
    example = json.loads((SPECS / "containerinstance/ContainerGroupsGet_Failed.json").read_text())
    found = example["responses"]["200"]["body"]

    problem = group.problem(found)

    assert problem is not None
    assert problem.startswith("the container group failed: ")
    assert "mount error(2): Permission denied" in problem


def test_a_warning_counts_more_than_later_news() -> None:
    events = [
        {"type": "Warning", "message": "Failed to pull image"},
        {"type": "Normal", "message": "Killing container"},
    ]
    found = {
        "properties": {
            "provisioningState": "Failed",
            "instanceView": {"events": events},
            "containers": [],
        }
    }

    assert group.problem(found) == "the container group failed: Failed to pull image"


@pytest.mark.parametrize("state", ["Pending", "Creating", "Updating", "Succeeded"])
def test_a_group_on_its_way_has_no_problem(state: str) -> None:
    assert group.problem({"properties": {"provisioningState": state, "containers": []}}) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ip": "10.0.0.4", "ports": [{"port": 8080, "protocol": "TCP"}]}, "10.0.0.4:8080"),
        ({"ports": [{"port": 8080}]}, None),
        (None, None),
    ],
    ids=["given", "not yet", "none"],
)
def test_reads_where_a_group_serves(given: dict[str, Any] | None, expected: str | None) -> None:
    assert group.address({"properties": {"ipAddress": given}}) == expected
