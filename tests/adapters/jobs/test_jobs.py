"""What the workspace is asked, answer by answer; the contract suite runs on a whole workspace."""

import pytest

from adapters.arm import Arm
from adapters.jobs import Jobs
from decisions.actions import SubmitTraining
from decisions.errors import Missing, Rejected, Transient
from decisions.events import Manifest
from decisions.facts import RunFacts
from tests.adapters.receiver import Receiver, Reply

WORKSPACE = (
    "/subscriptions/S/resourceGroups/R/providers/Microsoft.MachineLearningServices/workspaces/W"
)
NOT_FOUND = Reply(404, body={"error": {"code": "ResourceNotFound", "message": "not there"}})
IMMUTABLE = Reply(400, body={"error": {"code": "JobPropertyImmutable", "message": "inputs"}})
CAUSE = "training/new_data/17/0"


def training(pipeline: str = "train_digits:7") -> SubmitTraining:
    return SubmitTraining(
        model="digits",
        job="digits-00003-4f5fdba3",
        pipeline=pipeline,
        manifest=Manifest(digest="5e1f", url="https://a/manifests/5e1f.json", files=3, size=12),
        causes=(CAUSE,),
    )


def job(status: str = "NotStarted", cause: str = CAUSE) -> Reply:
    return Reply(200, body={"properties": {"status": status, "tags": {"ratchet.cause": cause}}})


@pytest.fixture
def jobs(arm: Arm) -> Jobs:
    return Jobs(arm, WORKSPACE)


def test_pins_the_newest_version_in_the_body(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [NOT_FOUND, Reply(200, body={"value": [{"name": "12"}]}), job()]

    jobs.submit(training("train_digits"))

    versions, put = manager.requests[1:]
    assert versions.path.startswith(f"{WORKSPACE}/components/train_digits/versions?")
    node = put.json["properties"]["jobs"]["train"]
    assert node["componentId"] == f"{WORKSPACE}/components/train_digits/versions/12"


def test_runs_the_version_that_is_asked_for(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [NOT_FOUND, job()]

    jobs.submit(training("train_digits:7"))

    node = manager.requests[1].json["properties"]["jobs"]["train"]
    assert node["componentId"] == f"{WORKSPACE}/components/train_digits/versions/7"


def test_says_that_a_pipeline_was_never_published(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [NOT_FOUND, NOT_FOUND]

    with pytest.raises(Missing, match="ratchet publish"):
        jobs.submit(training("train_digits"))


def test_a_submitted_job_is_not_put_again(jobs: Jobs, manager: Receiver) -> None:
    manager.replies.append(job("Running"))

    jobs.submit(training())

    assert [one.method for one in manager.requests] == ["GET"]


@pytest.mark.parametrize(
    "refusal", [IMMUTABLE, Reply(429, {"Retry-After": "60"})], ids=["immutable", "answer lost"]
)
def test_a_job_that_a_stale_look_missed_counts(
    jobs: Jobs, manager: Receiver, refusal: Reply
) -> None:
    manager.replies += [NOT_FOUND, refusal, job("Running")]

    jobs.submit(training())

    assert [one.method for one in manager.requests] == ["GET", "PUT", "GET"]


def test_a_job_of_another_cause_is_refused(jobs: Jobs, manager: Receiver) -> None:
    manager.replies.append(job("Running", "training/person/1/0"))

    with pytest.raises(Rejected, match="training/person/1/0") as caught:
        jobs.submit(training())

    assert caught.value.code == "job_exists"


def test_a_refused_job_that_is_not_there_is_refused(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [NOT_FOUND, Reply(400, body={"error": {"code": "UserError"}}), NOT_FOUND]

    with pytest.raises(Rejected) as caught:
        jobs.submit(training())

    assert caught.value.code == "UserError"


def test_throttling_keeps_its_wait(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [NOT_FOUND, Reply(429, {"Retry-After": "60"}), NOT_FOUND]

    with pytest.raises(Transient) as caught:
        jobs.submit(training())

    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 60


def test_a_failure_is_explained_by_the_run_history(jobs: Jobs, manager: Receiver) -> None:
    error = {"code": "UserError", "message": "train.py ended with 1:\nValueError: no rows"}
    manager.replies += [
        job("Failed"),
        Reply(200, body={"properties": {"discoveryUrl": f"{manager.url}/discovery"}}),
        Reply(200, body={"api": manager.url}),
        Reply(200, body={"runId": "digits-00003-4f5fdba3", "error": {"error": error}}),
    ]

    facts = jobs.look("digits-00003-4f5fdba3")

    assert facts == RunFacts(status="Failed", reason="train.py ended with 1:\nValueError: no rows")
    assert manager.requests[3].path == (
        f"/history/v1.0{WORKSPACE}/runs/digits-00003-4f5fdba3/details"
    )


def test_a_failure_without_a_history_is_one_all_the_same(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [job("Failed"), Reply(403)]

    facts = jobs.look("digits-00003-4f5fdba3")

    assert facts is not None
    assert facts.status == "Failed"
    assert facts.reason is not None
    assert "did not say why" in facts.reason


@pytest.mark.parametrize("status", ["Completed", "Failed", "Canceled"])
def test_a_job_that_ended_is_not_stopped(jobs: Jobs, manager: Receiver, status: str) -> None:
    manager.replies.append(job(status))

    jobs.cancel("digits-00003-4f5fdba3")

    assert [one.method for one in manager.requests] == ["GET"]


def test_a_job_that_ends_meanwhile_is_left_alone(jobs: Jobs, manager: Receiver) -> None:
    manager.replies += [job("Running"), Reply(400), job("Completed")]

    jobs.cancel("digits-00003-4f5fdba3")

    assert manager.requests[1].path.startswith(f"{WORKSPACE}/jobs/digits-00003-4f5fdba3/cancel?")
