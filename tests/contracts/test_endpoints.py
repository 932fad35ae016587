"""What every adapter of the port `Endpoints` keeps to, in memory and on Container Instances."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from azure.storage.blob import ContainerClient

from adapters.aci import ContainerEndpoints, GroupSettings
from adapters.arm import Arm
from adapters.memory.endpoints import MemoryEndpoints
from decisions.actions import DeploymentSpec, EndpointSpec
from decisions.errors import Rejected
from decisions.facts import DeploymentFacts, EndpointFacts
from decisions.ports import Endpoints
from tests.adapters.aci.miniature import Groups, ScoringServer, scoring
from tests.adapters.receiver import Receiver

DIGEST = 64 * "5"
OLD, NEW = "v1-aaaaaaaa", "v2-bbbbbbbb"


class Side(Protocol):
    """A port, and whoever serves what it asks for."""

    @property
    def port(self) -> Endpoints: ...

    @property
    def broken(self) -> dict[str, str]: ...

    def serve(self) -> None: ...


class MemorySide:
    def __init__(self) -> None:
        self.port = MemoryEndpoints()
        self.broken = self.port.broken

    def serve(self) -> None:
        """What is applied is served at once."""


class AciSide:
    def __init__(self, port: ContainerEndpoints, server: ScoringServer) -> None:
        self.port = port
        self.broken = server.broken
        self._server = server

    def serve(self) -> None:
        self._server.follow("digits")


@pytest.fixture(params=["memory", "aci"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "memory":
        yield MemorySide()
        return
    documents: ContainerClient = request.getfixturevalue("documents")
    manager: Receiver = request.getfixturevalue("manager")
    arm: Arm = request.getfixturevalue("arm")
    server = ScoringServer(documents)
    with scoring(server) as running:
        manager.answer = Groups(running.port).answer
        settings = GroupSettings(location="local", image="scoring", environment={})
        group = "/subscriptions/S/resourceGroups/R"
        yield AciSide(ContainerEndpoints(arm, group, documents, settings), server)


def spec(generation: int, *names: str, **traffic: int) -> EndpointSpec:
    return EndpointSpec(
        name="digits",
        target="aci",
        generation=generation,
        deployments=tuple(
            DeploymentSpec(name=name, version=name[1], artifact=f"runs/{name}/model", sha256=DIGEST)
            for name in names
        ),
        traffic={name.replace("_", "-"): share for name, share in traffic.items()},
    )


def ready(name: str) -> DeploymentFacts:
    return DeploymentFacts(name=name, state="ready")


def test_there_is_no_endpoint_before_the_first(side: Side) -> None:
    assert side.port.look("digits", "aci") is None


def test_serves_what_was_applied(side: Side) -> None:
    side.port.apply(spec(3, OLD, NEW, v1_aaaaaaaa=90, v2_bbbbbbbb=10))
    side.serve()

    assert side.port.look("digits", "aci") == EndpointFacts(
        generation=3, deployments=(ready(OLD), ready(NEW)), traffic={OLD: 90, NEW: 10}
    )


def test_the_same_again_changes_nothing(side: Side) -> None:
    for _ in range(3):
        side.port.apply(spec(3, OLD, v1_aaaaaaaa=100))
        side.serve()

    assert side.port.look("digits", "aci") == EndpointFacts(
        generation=3, deployments=(ready(OLD),), traffic={OLD: 100}
    )


def test_an_older_generation_changes_nothing(side: Side) -> None:
    side.port.apply(spec(4, NEW, v2_bbbbbbbb=100))
    side.port.apply(spec(3, OLD, v1_aaaaaaaa=100))
    side.serve()

    assert side.port.look("digits", "aci") == EndpointFacts(
        generation=4, deployments=(ready(NEW),), traffic={NEW: 100}
    )


def test_a_deployment_that_fails_says_why(side: Side) -> None:
    side.broken[NEW] = "the digest differs"
    side.port.apply(spec(2, NEW))
    side.serve()

    facts = side.port.look("digits", "aci")

    assert facts is not None
    assert facts.deployment(NEW) == DeploymentFacts(
        name=NEW, state="failed", reason="the digest differs"
    )


def test_an_endpoint_can_be_emptied_and_filled_again(side: Side) -> None:
    side.port.apply(spec(1, OLD, v1_aaaaaaaa=100))
    side.port.apply(spec(2))

    assert side.port.look("digits", "aci") == EndpointFacts(generation=2)

    side.port.apply(spec(3, NEW, v2_bbbbbbbb=100))
    side.serve()

    assert side.port.look("digits", "aci") == EndpointFacts(
        generation=3, deployments=(ready(NEW),), traffic={NEW: 100}
    )


def test_a_deployment_answers_questions(side: Side) -> None:
    side.port.apply(spec(1, OLD))
    side.serve()

    assert side.port.score("digits", "aci", OLD, b'{"input_data": [[0]]}') == b"[0]"


def test_a_deployment_that_is_not_there_answers_nothing(side: Side) -> None:
    side.port.apply(spec(1, OLD))
    side.serve()

    with pytest.raises(Rejected):
        side.port.score("digits", "aci", NEW, b"{}")
