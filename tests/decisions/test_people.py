"""What people ask for is done in the order in which they asked."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from decisions.actions import DeployModel
from decisions.events import LookDue, PauseRequested, RedeployRequested, ResumeRequested
from decisions.state import ModelState
from tests.decisions.life import (
    D2,
    FRESH,
    NOW,
    SERVING,
    V2,
    after,
    endpoint,
    in_phase,
    kinds,
    the,
)

PAUSE = PauseRequested(model="digits", key="p", by="ada", at=NOW)
RESUME = ResumeRequested(model="digits", key="r", by="ada", at=NOW + timedelta(minutes=1))
REDEPLOY = RedeployRequested(model="digits", key="k", by="ada")


def test_pause_that_comes_after_its_resume_is_late():
    resumed = after(FRESH, RESUME).state
    assert not after(resumed, PAUSE).state.paused
    both = after(after(FRESH, PAUSE).state, RESUME).state
    assert not after(both, replace(PAUSE, key="sent again")).state.paused


def test_resume_that_comes_after_a_later_pause_is_late():
    later = replace(PAUSE, at=NOW + timedelta(minutes=2))
    assert after(after(FRESH, later).state, RESUME).state.paused


def test_pause_and_resume_without_a_time_are_done_as_they_come():
    paused = after(after(FRESH, RESUME).state, replace(PAUSE, at=None)).state
    assert paused.paused
    assert not after(paused, replace(RESUME, at=None)).state.paused


def test_champion_that_was_rolled_back_can_be_deployed_again():
    look = LookDue(model="digits", what="rollout", name="v2-bbbbbbbb/5", ordinal=1)
    failed = after(in_phase("loading"), look, endpoint(5, "failed", "no memory"))
    assert "ratchet redeploy digits" in failed.actions[1].data["next"]  # type: ignore[union-attr] # A Notify.
    again = after(failed.state, REDEPLOY)
    spec = the(again, DeployModel).spec
    assert (spec.generation, [one.version for one in spec.deployments]) == (7, ["1", "2"])
    assert str(again.sentence).startswith("ada wants version 2 deployed. Deploying")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (FRESH, "Nothing to deploy: there is no champion yet."),
        (SERVING, "Version 1 is deployed or on its way already."),
        (in_phase("loading"), "Version 2 is deployed or on its way already."),
        (
            replace(SERVING, champion=V2, queued=V2),
            "Version 2 is deployed or on its way already.",
        ),
    ],
    ids=["none", "live", "in a rollout", "queued"],
)
def test_nothing_is_deployed_twice(state: ModelState, sentence: str):
    decision = after(state, REDEPLOY)
    assert (kinds(decision), decision.sentence) == ([], sentence)


def test_paused_model_deploys_its_champion_when_it_is_resumed():
    paused = replace(SERVING, champion=V2, paused=True)
    asked = after(paused, REDEPLOY)
    assert (kinds(asked), asked.state.queued) == ([], V2)
    resumed = after(asked.state, RESUME)
    assert the(resumed, DeployModel).spec.deployments[-1] == D2
