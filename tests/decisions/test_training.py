"""A training is submitted once, believed only when read, and never waited for without end."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from decisions.actions import Notify, RegisterModel, SubmitTraining
from decisions.events import (
    ActionFailed,
    LookDue,
    Manifest,
    ManifestFrozen,
    RunCompleted,
    RunFailed,
)
from decisions.facts import Facts
from decisions.state import Pending
from tests.decisions.life import (
    FRESH,
    JOB,
    MANIFEST,
    NOW,
    after,
    compared,
    in_stage,
    kinds,
    run,
    scheduled,
    the,
)

FROZEN = ManifestFrozen(model="digits", attempt=1, manifest=MANIFEST)
COMPLETED = RunCompleted(model="digits", run=JOB)


def look(ordinal: int = 1) -> LookDue:
    return LookDue(model="digits", what="training", name=JOB, ordinal=ordinal)


def test_frozen_manifest_is_submitted_under_the_jobs_name():
    decision = after(in_stage("freezing"), FROZEN)
    submit = the(decision, SubmitTraining)
    assert (submit.job, submit.manifest, submit.pipeline) == (JOB, MANIFEST, "train_digits")
    assert submit.causes == ("training/new_data/x/0",)


def test_same_data_is_not_trained_on_again():
    state = replace(in_stage("freezing"), last_manifest=MANIFEST.digest)
    decision = after(state, FROZEN)
    assert decision.actions == ()
    assert decision.sentence == "No training: no data changed since the last run."


def test_same_data_is_trained_on_again_for_a_person():
    state = in_stage("freezing", causes=("training/person/k/0",))
    state = replace(state, last_manifest=MANIFEST.digest)
    assert "SubmitTraining" in kinds(after(state, FROZEN))


def test_nothing_fit_for_training_submits_nothing():
    empty = Manifest(digest="e", url="u", files=0, size=0)
    decision = after(
        in_stage("freezing"), ManifestFrozen(model="digits", attempt=1, manifest=empty)
    )
    assert (decision.actions, decision.state.training) == ((), None)


@pytest.mark.parametrize("status", ["Running", "Queued", "Finalizing"])
def test_event_is_not_believed_before_the_run_says_so(status: str):
    decision = after(in_stage("running"), COMPLETED, run(status))
    assert kinds(decision) == ["Schedule"]
    assert decision.state.training is not None
    assert decision.state.training.stage == "running"


def test_completed_run_is_admitted_once():
    decision = after(in_stage("running"), COMPLETED, run("Completed"))
    assert kinds(decision) == ["AdmitCandidate", "Schedule"]
    assert after(decision.state, look(), run("Completed")).actions == ()


def test_looking_again_finds_the_end_without_any_event():
    assert "AdmitCandidate" in kinds(after(in_stage("running"), look(), run("Completed")))


def test_looks_grow_apart_and_keep_one_chain():
    state, now, waits, ordinal = in_stage("running"), NOW, [], 1
    for _ in range(12):
        decision = after(state, look(ordinal), run("Running"), now=now)
        state, (action,) = decision.state, decision.actions
        waits.append(action.at - now)  # type: ignore[union-attr] # A Schedule, as the next line shows.
        now, ordinal = scheduled(decision).at, scheduled(decision).event.ordinal
    assert waits[0] == timedelta(seconds=15)
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(minutes=5)


def test_overtaken_look_changes_nothing():
    assert after(in_stage("running"), look(0), run("Completed")).actions == ()


def test_failed_run_is_told_with_its_reason():
    failed = RunFailed(model="digits", run=JOB, status="Failed")
    decision = after(in_stage("running"), failed, run("Failed", "step train: KeyError 'label'"))
    notice = the(decision, Notify)
    assert (notice.kind, notice.data["reason"]) == ("run.failed", "step train: KeyError 'label'")
    assert decision.state.training is None


def test_run_past_its_deadline_is_cancelled():
    late = NOW + timedelta(hours=25)
    assert kinds(after(in_stage("running"), look(), run("Running"), now=late)) == [
        "CancelTraining",
        "Notify",
    ]


@pytest.mark.parametrize(
    ("stage", "work"),
    [
        ("freezing", "FreezeManifest"),
        ("admitting", "AdmitCandidate"),
        ("evaluating", "EvaluateCandidate"),
    ],
)
def test_lost_work_is_asked_for_again(stage: str, work: str):
    assert kinds(after(in_stage(stage), look())) == [work, "Schedule"]


@pytest.mark.parametrize("stage", ["freezing", "admitting", "evaluating", "registering"])
def test_stage_past_its_deadline_fails_the_training(stage: str):
    decision = after(in_stage(stage), look(), now=NOW + timedelta(hours=1))
    assert decision.sentence == f"Training {JOB} failed: {stage} took longer than it may."


def test_registration_that_is_still_tried_in_an_outage_is_not_given_up():
    register = RegisterModel(
        model="digits", run=JOB, sha256="b" * 64, manifest="m", comparison=compared(0.95)
    )
    waiting = Pending(id="1.0", action=register, tries=30, after=NOW + timedelta(hours=2))
    state = replace(in_stage("registering"), pending=(waiting,))
    decision = after(state, look(), now=NOW + timedelta(hours=1))
    assert decision.state.training is not None
    assert scheduled(decision).at == NOW + timedelta(hours=1, minutes=10)


def test_action_given_up_fails_the_training_that_waits_for_it():
    failed = ActionFailed(model="digits", action="SubmitTraining", key=JOB, reason="403")
    decision = after(in_stage("running"), failed)
    assert decision.state.training is None
    assert the(decision, Notify).data["reason"] == "SubmitTraining was given up: 403"


def test_late_failure_of_work_that_was_done_changes_nothing():
    failed = ActionFailed(model="digits", action="FreezeManifest", key="1/0", reason="late")
    assert after(in_stage("running"), failed).state.training is not None


@pytest.mark.parametrize("event", [FROZEN, COMPLETED, look()])
def test_events_of_a_training_that_is_over_change_nothing(event: object):
    decision = after(FRESH, event, Facts())  # type: ignore[arg-type] # Each is an event.
    assert (decision.actions, decision.sentence) == ((), None)
