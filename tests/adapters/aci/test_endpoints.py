"""What ACI is asked and how often: every update restarts a group, so most changes must not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from azure.storage.blob import ContainerClient

from adapters.aci import ContainerEndpoints, GroupSettings
from adapters.arm import Arm
from decisions.actions import DeploymentSpec, EndpointSpec
from decisions.errors import Rejected, Transient
from decisions.facts import EndpointFacts
from tests.adapters.aci.miniature import Groups, ScoringServer, scoring
from tests.adapters.receiver import Receiver, Reply

RESOURCE_GROUP = "/subscriptions/S/resourceGroups/R"
GROUP = f"{RESOURCE_GROUP}/providers/Microsoft.ContainerInstance/containerGroups/digits"
SETTINGS = GroupSettings(location="local", image="scoring:1", environment={})
DIGEST = 64 * "5"
FAILED = {
    "provisioningState": "Failed",
    "instanceView": {"events": [{"type": "Warning", "message": "no such image"}]},
}


@dataclass
class Azure:
    """ARM with its groups, and what runs in them."""

    arm: Arm
    manager: Receiver
    documents: ContainerClient
    groups: Groups
    server: ScoringServer
    questions: Receiver

    def endpoints(self, settings: GroupSettings = SETTINGS) -> ContainerEndpoints:
        return ContainerEndpoints(self.arm, RESOURCE_GROUP, self.documents, settings)

    def changes(self) -> list[str]:
        """What ARM was asked to change."""
        return [one.method for one in self.manager.requests if one.method != "GET"]


@pytest.fixture
def azure(arm: Arm, manager: Receiver, documents: ContainerClient) -> Iterator[Azure]:
    server = ScoringServer(documents)
    with scoring(server) as questions:
        groups = Groups(questions.port)
        manager.answer = groups.answer
        yield Azure(arm, manager, documents, groups, server, questions)


def spec(generation: int, *names: str, target: str = "aci", **traffic: int) -> EndpointSpec:
    return EndpointSpec(
        name="digits",
        target=target,
        generation=generation,
        deployments=tuple(
            DeploymentSpec(name=name, version="1", artifact=f"runs/{name}/model", sha256=DIGEST)
            for name in names
        ),
        traffic=traffic,
    )


def test_writes_the_document_that_the_server_follows(azure: Azure) -> None:
    azure.endpoints().apply(spec(17, "one", one=100))

    assert json.loads(azure.documents.download_blob("digits/desired.json").readall()) == {
        "schema": 1,
        "endpoint": "digits",
        "generation": 17,
        "deployments": [
            {"name": "one", "version": "1", "model": "runs/one/model", "sha256": DIGEST}
        ],
        "traffic": {"one": 100},
    }


def test_a_whole_rollout_puts_the_group_once(azure: Azure) -> None:
    endpoints = azure.endpoints()
    for step in (
        spec(1, "one", one=100),
        spec(2, "one", "two", one=100),
        spec(3, "one", "two", one=50, two=50),
        spec(4, "two", two=100),
    ):
        endpoints.apply(step)

    assert azure.changes() == ["PUT"]


def test_a_new_image_updates_the_group(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))
    newer = GroupSettings(location="local", image="scoring:2", environment={})

    azure.endpoints(newer).apply(spec(2, "one"))

    assert azure.changes() == ["PUT", "PUT"]


def test_an_interrupted_apply_is_completed_by_its_repetition(azure: Azure) -> None:
    azure.manager.replies += [Reply(404), Reply(429, {"Retry-After": "30"})]
    with pytest.raises(Transient):
        azure.endpoints().apply(spec(1, "one"))

    azure.endpoints().apply(spec(1, "one"))

    assert azure.groups.there.keys() == {"digits"}


def test_an_endpoint_without_deployments_has_no_group(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))

    azure.endpoints().apply(spec(2))

    assert azure.groups.there == {}


def test_a_late_step_does_not_bring_a_group_back(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))
    azure.endpoints().apply(spec(2))

    azure.endpoints().apply(spec(1, "one"))

    assert azure.groups.there == {}


def test_another_step_of_the_same_generation_changes_nothing(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one", one=100))
    azure.endpoints().apply(spec(1, "two", two=100))
    azure.server.follow("digits")

    facts = azure.endpoints().look("digits", "aci")

    assert facts is not None
    assert facts.traffic == {"one": 100}


def test_what_the_server_has_not_taken_up_is_not_claimed(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one", one=100))
    azure.server.follow("digits")

    azure.endpoints().apply(spec(2, "one", "two", two=100))

    facts = azure.endpoints().look("digits", "aci")
    assert facts is not None
    assert facts.generation == 1
    assert facts.deployment("two") is None


def test_an_endpoint_that_said_nothing_yet_has_no_generation(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))

    assert azure.endpoints().look("digits", "aci") == EndpointFacts(generation=0)


def test_a_group_that_failed_fails_its_deployments(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))
    azure.groups.there["digits"]["properties"] |= FAILED

    facts = azure.endpoints().look("digits", "aci")

    assert facts is not None
    failed = facts.deployment("one")
    assert failed is not None
    assert (failed.state, failed.reason) == ("failed", "the container group failed: no such image")


def test_a_group_that_failed_is_put_again_by_the_next_step(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))
    azure.groups.there["digits"]["properties"] |= FAILED

    azure.endpoints().apply(spec(2, "one"))

    assert azure.changes() == ["PUT", "PUT"]


def test_a_document_that_cannot_be_read_is_refused(azure: Azure) -> None:
    azure.documents.upload_blob("digits/desired.json", b"{", overwrite=True)

    with pytest.raises(Rejected, match="digits"):
        azure.endpoints().apply(spec(1, "one"))


def test_asks_one_deployment_by_its_header(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))
    azure.server.follow("digits")

    azure.endpoints().score("digits", "aci", "one", b'{"input_data":[[1]]}')

    (question,) = azure.questions.requests
    assert (question.method, question.path) == ("POST", "/score")
    assert question.headers["azureml-model-deployment"] == "one"
    assert question.json == {"input_data": [[1]]}


def test_a_group_is_told_its_keys_in_secret_and_asked_with_the_oldest(azure: Azure) -> None:
    endpoints = azure.endpoints(replace(SETTINGS, keys=("new", "old")))
    endpoints.apply(spec(1, "one"))
    azure.server.follow("digits")

    endpoints.score("digits", "aci", "one", b'{"input_data":[[1]]}')

    (group,) = [one.json for one in azure.manager.requests if one.method == "PUT"]
    variables = group["properties"]["containers"][0]["properties"]["environmentVariables"]
    assert {"name": "RATCHET_ENDPOINT_KEYS", "secureValue": "new,old"} in variables
    (question,) = azure.questions.requests
    assert question.headers["authorization"] == "Bearer old"


def test_other_keys_are_an_update_of_the_group(azure: Azure) -> None:
    azure.endpoints(replace(SETTINGS, keys=("old",))).apply(spec(1, "one"))
    azure.endpoints(replace(SETTINGS, keys=("new", "old"))).apply(spec(2, "one"))

    assert azure.changes() == ["PUT", "PUT"]


@pytest.mark.parametrize("status", [429, 503, 401])
def test_a_server_under_load_is_asked_again_later(azure: Azure, status: int) -> None:
    azure.endpoints().apply(spec(1, "one"))
    azure.questions.replies.append(Reply(status, {"Retry-After": "3"}))

    with pytest.raises(Transient) as caught:
        azure.endpoints().score("digits", "aci", "one", b"{}")

    assert caught.value.retry_after is not None


def test_a_server_that_hangs_up_is_asked_again_later(azure: Azure) -> None:
    azure.endpoints().apply(spec(1, "one"))
    azure.questions.replies.append(Reply(0))

    with pytest.raises(Transient, match="does not answer"):
        azure.endpoints().score("digits", "aci", "one", b"{}")


def test_a_group_without_an_address_is_asked_later(azure: Azure) -> None:
    with pytest.raises(Transient, match="no address yet"):
        azure.endpoints().score("digits", "aci", "one", b"{}")


@pytest.mark.parametrize("target", ["aks", "managed"])
def test_another_target_is_refused_by_name(azure: Azure, target: str) -> None:
    endpoints = azure.endpoints()

    with pytest.raises(Rejected, match=f"not on {target}"):
        endpoints.apply(spec(1, "one", target=target))

    assert azure.manager.requests == []
