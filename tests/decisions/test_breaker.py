"""Challengers that do not help against drift pause the model, and people are told how to go on."""

from typing import Any

import pytest
from msgspec.structs import replace

from decisions.actions import Notify
from decisions.decision import Decision
from decisions.events import CandidateEvaluated, CandidateRefused, ModelRegistered, ResumeRequested
from decisions.state import ModelState
from tests.decisions.life import (
    JOB,
    POLICY,
    SERVING,
    after,
    compared,
    in_stage,
    the,
    told,
)

DRIFT = ("training/new_data/x/0", "drift/ratchet/20261121T140000Z")
LOST = CandidateEvaluated(
    model="digits",
    run=JOB,
    comparison=compared(0.7, -0.1, champion="1", champion_score=0.8, gain=-0.1),
)
HARMFUL = CandidateRefused(model="digits", run=JOB, code="operator", reason="it is not allowed")


def refused(
    state: ModelState, causes: tuple[str, ...] = DRIFT, event: Any = LOST, policy: Any = POLICY
) -> Decision:
    stage = "evaluating" if event is LOST else "admitting"
    return after(in_stage(stage, state, causes=causes), event, policy=policy)


def test_third_refusal_in_a_row_on_drift_pauses_the_model():
    first = refused(SERVING)
    second = refused(first.state, event=HARMFUL)
    assert not second.state.paused
    third = refused(second.state)
    assert third.state.paused
    assert told(first, second, third) == ["model.refused"] * 3 + ["model.paused"]
    notice = third.actions[1]
    assert isinstance(notice, Notify)
    assert notice.about == JOB
    assert notice.data["refusals"] == 3
    assert notice.data["reason"].endswith("ratchet resume digits")


def test_refusals_for_other_reasons_neither_count_nor_end_the_row():
    state = refused(refused(SERVING).state).state
    other = refused(state, causes=("training/new_data/x/0",))
    assert (other.state.paused, other.state.refusals) == (False, 2)
    assert refused(other.state).state.paused


def test_new_champion_ends_the_row():
    state = in_stage("registering", replace(SERVING, refusals=2), causes=DRIFT)
    decision = after(state, ModelRegistered(model="digits", version="2", run=JOB))
    assert decision.state.refusals == 0


def test_resumed_model_is_counted_anew():
    paused = refused(replace(SERVING, refusals=2)).state
    resumed = after(paused, ResumeRequested(model="digits", key="r")).state
    assert (resumed.paused, resumed.refusals) == (False, 0)


@pytest.mark.parametrize(("limit", "paused"), [(1, True), (0, False)], ids=["at once", "never"])
def test_limit_is_the_policys_and_can_be_switched_off(limit: int, paused: bool):
    policy = replace(POLICY, retrain=replace(POLICY.retrain, max_refusals=limit))
    assert refused(replace(SERVING, refusals=7), policy=policy).state.paused == paused


def test_model_that_is_paused_already_is_not_paused_again():
    decision = refused(replace(SERVING, refusals=2, paused=True))
    assert the(decision, Notify).kind == "model.refused"
