"""What every adapter of the port `Training` keeps to, in memory and on a workspace."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from adapters.arm import Arm
from adapters.jobs import Jobs
from adapters.memory.training import MemoryTraining
from adapters.publishing import publish
from decisions.actions import SubmitTraining
from decisions.errors import Rejected
from decisions.events import Manifest
from decisions.facts import RunFacts
from decisions.ports import Training
from tests.adapters.receiver import Receiver
from tests.conftest import Credential
from tests.contracts.workspaces import WORKSPACE, workspace

PIPELINE = Path(__file__).parent / "pipeline" / "pipeline.yml"
_WITHIN = 60.0


class Side(Protocol):
    """A port, and the workspace behind it."""

    @property
    def port(self) -> Training: ...

    def submissions(self) -> int: ...

    def fail(self, job: str) -> None: ...


class MemorySide:
    def __init__(self) -> None:
        self.port = MemoryTraining()

    def submissions(self) -> int:
        return self.port.submissions

    def fail(self, job: str) -> None:
        self.port.end(job, "Failed", "the manifest is broken")


class WorkspaceSide:
    def __init__(self, arm: Arm) -> None:
        self._arm = arm
        self.port = Jobs(arm, WORKSPACE)

    def submissions(self) -> int:
        return len(self._arm.list(f"{WORKSPACE}/jobs", "2024-04-01"))

    def fail(self, job: str) -> None:
        """Its manifest fails it."""


@pytest.fixture(params=["memory", "workspace"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    if request.param == "memory":
        yield MemorySide()
        return
    manager: Receiver = request.getfixturevalue("manager")
    storage: str = request.getfixturevalue("storage")
    tracking_uri: str = request.getfixturevalue("mlflow_url")
    with workspace(manager, storage, tracking_uri, tmp_path / "workspace"):
        publish(PIPELINE, WORKSPACE, Credential(), manager.url)
        yield WorkspaceSide(request.getfixturevalue("arm"))


def training(digest: str = "5e1f", *causes: str) -> SubmitTraining:
    return SubmitTraining(
        model="digits",
        job="digits-00003-4f5fdba3",
        pipeline="train_patiently",
        manifest=Manifest(
            digest=digest, url=f"https://a/manifests/digits/{digest}.json", files=3, size=12_345
        ),
        causes=causes or ("training/new_data/17/0",),
    )


def until(side: Side, job: str, *statuses: str) -> RunFacts:
    """Look until a job has one of these statuses."""
    deadline = time.monotonic() + _WITHIN
    while time.monotonic() < deadline:
        facts = side.port.look(job)
        if facts is not None and facts.status in statuses:
            return facts
        time.sleep(0.05)
    raise AssertionError(f"{job} never became {' or '.join(statuses)}")


def test_there_is_no_job_before_the_first(side: Side) -> None:
    assert side.port.look("digits-00003-4f5fdba3") is None


def test_a_submitted_job_runs(side: Side) -> None:
    side.port.submit(training())

    assert until(side, "digits-00003-4f5fdba3", "Running").failed is False


def test_a_job_is_submitted_once(side: Side) -> None:
    for _ in range(3):
        side.port.submit(training())

    assert side.submissions() == 1


def test_a_job_of_another_cause_is_refused(side: Side) -> None:
    side.port.submit(training())

    with pytest.raises(Rejected) as caught:
        side.port.submit(training("5e1f", "training/person/1/0"))

    assert caught.value.code == "job_exists"


def test_a_job_is_stopped_as_often_as_asked(side: Side) -> None:
    side.port.submit(training())
    until(side, "digits-00003-4f5fdba3", "Running")

    side.port.cancel("digits-00003-4f5fdba3")

    assert until(side, "digits-00003-4f5fdba3", "Canceled").failed
    side.port.cancel("digits-00003-4f5fdba3")
    side.port.cancel("digits-00009-00000000")


def test_a_failed_job_says_why(side: Side) -> None:
    side.port.submit(training("broken"))
    side.fail("digits-00003-4f5fdba3")

    facts = until(side, "digits-00003-4f5fdba3", "Failed")

    assert facts.reason is not None
    assert "the manifest is broken" in facts.reason
