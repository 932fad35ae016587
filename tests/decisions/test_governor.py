"""One training in flight a model, a limit a day; what is held back keeps all its causes."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from decisions.actions import FreezeManifest
from decisions.events import (
    DriftDetected,
    ManifestFrozen,
    PauseRequested,
    ResumeRequested,
    RunCompleted,
    RunFailed,
)
from decisions.state import Day
from tests.decisions.life import (
    FRESH,
    JOB,
    MANIFEST,
    NOW,
    POLICY,
    after,
    in_stage,
    kinds,
    run,
    scheduled,
    the,
    wish,
)

PAUSE = PauseRequested(model="digits", key="p", by="ada")
RESUME = ResumeRequested(model="digits", key="r", by="ada")


def test_training_begins_with_its_manifest():
    decision = after(FRESH, wish())
    assert the(decision, FreezeManifest).attempt == 1
    assert decision.state.training is not None
    assert decision.state.training.causes == ("training/person/k/0",)


def test_second_wish_is_held_while_a_run_is_in_flight():
    decision = after(in_stage("running"), wish("second"))
    assert decision.state.held == ("training/person/second/0",)
    assert decision.sentence == f"Training is held back: run {JOB} is in flight."


def test_what_was_held_begins_when_the_run_ends_with_all_its_causes():
    state = in_stage("running")
    for key in ("a", "b", "c"):
        state = after(state, wish(key)).state
    failed = RunFailed(model="digits", run=JOB, status="Failed")
    decision = after(state, failed, run("Failed", "boom"))
    assert decision.state.training is not None
    assert decision.state.training.attempt == 2
    assert decision.state.training.causes == tuple(f"training/person/{k}/0" for k in "abc")
    assert decision.state.held == ()


def test_limit_a_day_holds_until_midnight():
    full = replace(FRESH, today=Day(date="2026-11-21", trainings=12))
    decision = after(full, wish())
    assert kinds(decision) == ["Schedule"]
    assert scheduled(decision).at == datetime(2026, 11, 22, tzinfo=UTC)
    midnight = scheduled(decision).at
    begun = after(decision.state, scheduled(decision).event, now=midnight)
    assert "FreezeManifest" in kinds(begun)
    frozen = ManifestFrozen(model="digits", attempt=1, manifest=MANIFEST)
    submitted = after(begun.state, frozen, now=midnight)
    assert submitted.state.today == Day(date="2026-11-22", trainings=1)


def test_training_that_finds_nothing_new_is_not_counted():
    state = replace(FRESH, last_manifest=MANIFEST.digest, today=Day(date="2026-11-21", trainings=3))
    begun = after(state, wish(reason="drift"))
    ended = after(begun.state, ManifestFrozen(model="digits", attempt=1, manifest=MANIFEST))
    assert ended.state.training is None
    assert ended.state.today == Day(date="2026-11-21", trainings=3)


def test_queue_whose_clock_is_ahead_does_not_postpone_what_was_held():
    full = replace(FRESH, today=Day(date="2026-11-21", trainings=12))
    decision = after(full, wish())
    early = scheduled(decision).at - timedelta(milliseconds=50)
    assert "FreezeManifest" in kinds(after(decision.state, scheduled(decision).event, now=early))


def test_model_that_is_paused_for_long_keeps_a_bounded_row():
    state = after(FRESH, PAUSE).state
    for number in range(150):
        state = after(state, wish(str(number))).state
    assert len(state.held) == 100


def test_pause_holds_and_resume_begins_what_was_held():
    paused = after(FRESH, PAUSE).state
    held = after(paused, wish())
    assert held.sentence == "Training is held back: the model is paused."
    assert "FreezeManifest" in kinds(after(held.state, RESUME))


def test_pause_lets_the_run_in_flight_go_on():
    paused = after(in_stage("running"), PAUSE).state
    decision = after(paused, RunCompleted(model="digits", run=JOB), run("Completed"))
    assert "AdmitCandidate" in kinds(decision)


@pytest.mark.parametrize(
    ("event", "state"), [(PAUSE, replace(FRESH, paused=True)), (RESUME, FRESH)]
)
def test_asking_twice_changes_nothing(event: PauseRequested | ResumeRequested, state: object):
    decision = after(state, event)  # type: ignore[arg-type] # Both are states of the model.
    assert (decision.actions, decision.sentence) == ((), None)


def test_drift_starts_a_training_and_tells_people():
    drift = DriftDetected(model="digits", monitor="m", window="w", features=("age",), score=0.4)
    assert kinds(after(FRESH, drift)) == ["Notify", "FreezeManifest", "Schedule"]


def test_drift_without_the_policy_only_tells_people():
    policy = replace(POLICY, retrain=replace(POLICY.retrain, on=("new_data",)))
    drift = DriftDetected(model="digits", monitor="m", window="w")
    assert kinds(after(FRESH, drift, policy=policy)) == ["Notify"]


def test_no_two_trainings_are_ever_in_flight_on_any_sequence_of_wishes():
    state = FRESH
    for number in range(40):
        now = NOW + timedelta(minutes=number)
        state = after(state, wish(str(number)), now=now).state
        assert state.attempts == 1
    assert len(state.held) == 39
