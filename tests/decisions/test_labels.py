"""Drift alone trains nothing: it waits for labelled data that is new, and then trains."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decisions.actions import Notify, SubmitTraining
from decisions.decision import Decision
from decisions.events import DataInspected, ManifestFrozen, RunFailed
from decisions.state import Gathering, ModelState
from tests.decisions.life import (
    DRIFTING,
    MANIFEST,
    NOW,
    WATCHED,
    after,
    kinds,
    run,
    scheduled,
    the,
    told,
    watched,
    wish,
)

ONLY_DRIFT = replace(DRIFTING, retrain=replace(DRIFTING.retrain, on=("drift",)))
OLD = replace(MANIFEST, digest="m1")
RAISED = replace(watched(WATCHED, "drifted", "drifted")[-1].state, pending=())
CAUSE = "drift/ratchet/20261121T140000Z"
DATA = DataInspected(model="digits", batch="b", admitted=3, size=300)
AT = NOW + timedelta(hours=3)


def frozen(
    state: ModelState, manifest: Any = OLD, policy: Any = DRIFTING, now: datetime = AT
) -> Decision:
    assert state.training is not None
    event = ManifestFrozen(model="digits", attempt=state.training.attempt, manifest=manifest)
    decision = after(state, event, policy=policy, now=now)
    return replace(decision, state=replace(decision.state, pending=()))


AWAITING = frozen(RAISED).state


def paused_uploads(state: ModelState, policy: Any = DRIFTING, now: datetime = AT) -> Decision:
    """Data comes, and after the quiet period its check."""
    waiting = after(state, DATA, policy=policy, now=now)
    check = scheduled(waiting)
    return after(replace(waiting.state, pending=()), check.event, policy=policy, now=check.at)


@pytest.mark.parametrize(
    ("state", "manifest"),
    [
        (RAISED, OLD),
        (replace(RAISED, last_manifest=MANIFEST.digest), MANIFEST),
        (RAISED, replace(OLD, digest="empty", files=0)),
    ],
    ids=["the champion's data", "the last run's data", "no data"],
)
def test_drift_without_new_data_submits_nothing_and_says_so(state: ModelState, manifest: Any):
    decision = frozen(state, manifest)
    assert told(decision) == ["drift.labels_awaited"]
    assert decision.state.training is None
    assert (decision.state.held, decision.state.awaiting) == ((), (CAUSE,))
    (incident,) = decision.state.drift.incidents
    assert the(decision, Notify).data["incidents"] == [incident.id]


def test_waiting_for_labels_uses_up_no_training_of_the_day():
    assert AWAITING.today is None


@pytest.mark.parametrize("policy", [DRIFTING, ONLY_DRIFT], ids=["new data trains", "drift only"])
def test_labels_that_come_are_trained_on(policy: Any):
    began = paused_uploads(AWAITING, policy)
    assert began.state.training is not None
    assert CAUSE in began.state.training.causes
    submitted = frozen(began.state, MANIFEST, policy)
    assert the(submitted, SubmitTraining).manifest == MANIFEST


def test_new_data_trains_nothing_by_itself_if_only_drift_may():
    decision = after(WATCHED, DATA, policy=ONLY_DRIFT)
    assert decision.actions == ()


def test_fewer_files_than_are_wanted_are_no_labels_yet():
    policy = replace(ONLY_DRIFT, data=replace(ONLY_DRIFT.data, min_files=4))
    few = after(AWAITING, DATA, policy=policy)
    assert few.actions == ()
    more = replace(DATA, batch="c", admitted=1)
    assert kinds(after(few.state, more, policy=policy)) == ["Schedule"]


def test_data_that_came_while_the_manifest_was_frozen_is_checked():
    arrived = Gathering(first=AT, last=AT, files=2, size=20)
    decision = frozen(replace(RAISED, gathering=arrived), OLD, ONLY_DRIFT)
    assert kinds(decision) == ["Notify", "Schedule"]
    check = scheduled(decision)
    began = after(decision.state, check.event, policy=ONLY_DRIFT, now=check.at)
    assert "FreezeManifest" in kinds(began)


def test_labels_that_turn_out_not_to_be_new_are_awaited_under_the_same_news():
    again = frozen(paused_uploads(AWAITING).state)
    assert again.state.awaiting == (CAUSE,)
    assert the(again, Notify).key == the(frozen(RAISED), Notify).key


def test_other_reasons_without_new_data_are_simply_over():
    state = after(WATCHED, wish(reason="schedule"), policy=scheduled_policy()).state
    decision = frozen(state, policy=scheduled_policy())
    assert (decision.actions, decision.state.awaiting) == ((), ())
    assert decision.sentence == "No training: no data changed since the last run."


def scheduled_policy() -> Any:
    return replace(DRIFTING, retrain=replace(DRIFTING.retrain, on=("schedule",)))


def test_person_may_train_on_the_same_data_and_the_drift_goes_on_waiting():
    asked = after(AWAITING, wish(), policy=DRIFTING, now=AT)
    submitted = frozen(asked.state)
    assert kinds(submitted) == ["SubmitTraining", "Schedule"]
    assert submitted.state.awaiting == (CAUSE,)


def failed(state: ModelState, now: datetime) -> ModelState:
    assert state.training is not None
    event = RunFailed(model="digits", run=state.training.job, status="Failed")
    return replace(after(state, event, run("Failed"), ONLY_DRIFT, now).state, pending=())


def test_open_incident_is_trained_for_again_with_newer_labels_after_the_cooldown():
    began = paused_uploads(AWAITING, ONLY_DRIFT)
    state = failed(frozen(began.state, MANIFEST, ONLY_DRIFT).state, AT)
    assert state.awaiting == (CAUSE,)
    soon = after(state, DATA, policy=ONLY_DRIFT, now=AT + timedelta(hours=1))
    assert scheduled(soon).at == AT + timedelta(hours=24)
    began = after(soon.state, scheduled(soon).event, policy=ONLY_DRIFT, now=scheduled(soon).at)
    assert began.state.training is not None
    assert began.state.training.causes == (CAUSE,)


def test_new_data_that_trains_anyway_does_not_count_as_the_incidents_next_training():
    state = failed(frozen(paused_uploads(AWAITING).state, MANIFEST).state, AT)
    began = paused_uploads(state, now=AT + timedelta(hours=1))
    assert began.state.training is not None
    assert CAUSE not in began.state.training.causes
    assert began.state.awaiting == (CAUSE,)


def test_incident_that_is_over_waits_for_no_labels():
    state = replace(AWAITING, drift=RAISED.drift)
    over = watched(state, "stable", "stable", "stable", first=4)[-1].state
    assert (over.awaiting, over.held) == ((), ())
    assert after(over, DATA, policy=ONLY_DRIFT).actions == ()


def test_labels_that_are_awaited_for_an_acknowledged_incident_are_no_news():
    (incident,) = RAISED.drift.incidents
    watch = replace(RAISED.drift.own, incident=replace(incident, acknowledged="ada"))
    state = replace(RAISED, drift=RAISED.drift.watched("ratchet", watch))
    assert told(frozen(state)) == []


def test_data_of_a_run_that_failed_counts_as_new():
    state = after(WATCHED, wish(), policy=DRIFTING).state
    assert state.training is not None
    submitted = frozen(state, MANIFEST)
    state = failed(submitted.state, AT)
    retried = after(state, wish("other", "drift"), policy=DRIFTING).state
    assert "SubmitTraining" in kinds(frozen(retried, MANIFEST))
