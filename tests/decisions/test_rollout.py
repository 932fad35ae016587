"""A version takes over step by step, or gives way; traffic sums to 100 or nothing serves yet."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decisions.actions import EndpointAction, Notify, RetireDeployment, RollBack, ShiftTraffic
from decisions.events import ActionFailed, LookDue, ModelRegistered, PauseRequested, SmokeTested
from decisions.facts import Facts
from tests.decisions.life import (
    D1,
    D2,
    FRESH,
    JOB,
    NOW,
    SERVING,
    V2,
    after,
    endpoint,
    in_phase,
    in_stage,
    kinds,
    registered,
    scheduled,
    the,
)


def look(ordinal: int = 1) -> LookDue:
    return LookDue(model="digits", what="rollout", name="v2-bbbbbbbb/5", ordinal=ordinal)


def smoke(problem: str | None = None) -> SmokeTested:
    return SmokeTested(model="digits", deployment=D2.name, generation=5, problem=problem)


def test_loading_version_is_waited_for():
    assert kinds(after(in_phase("loading"), look(), endpoint(5, "loading"))) == ["Schedule"]


def test_loaded_version_is_tested_before_it_gets_traffic():
    assert kinds(after(in_phase("loading"), look(), endpoint(5))) == ["SmokeTest", "Schedule"]


def test_tested_version_gets_the_first_share():
    decision = after(in_phase("testing"), smoke())
    assert the(decision, ShiftTraffic).spec.traffic == {D1.name: 90, D2.name: 10}
    assert the(decision, ShiftTraffic).spec.generation == 6


def test_first_version_of_all_gets_all_traffic_at_once():
    decision = after(in_phase("testing", FRESH), smoke())
    assert the(decision, ShiftTraffic).spec.traffic == {D2.name: 100}


def test_share_grows_only_after_it_was_taken_up_and_watched():
    state = in_phase("baking", step=0)
    baked = NOW + timedelta(minutes=10)
    assert kinds(after(state, look(), endpoint(4), now=baked)) == ["Schedule"]
    assert kinds(after(state, look(), endpoint(5), now=NOW)) == ["Schedule"]
    decision = after(state, look(), endpoint(5), now=baked)
    assert the(decision, ShiftTraffic).spec.traffic == {D1.name: 50, D2.name: 50}


def test_last_step_makes_it_live_and_retires_the_old_one():
    decision = after(
        in_phase("baking", step=2), look(), endpoint(5), now=NOW + timedelta(minutes=10)
    )
    assert the(decision, RetireDeployment).spec.deployments == (D2,)
    assert decision.state.live is not None
    assert decision.state.live.version == V2
    assert the(decision, Notify).data["replaces"] == "1"
    assert decision.sentence == "Version 2 is live; version 1 is retired."


def test_rollout_ends_when_the_endpoint_took_the_last_step_up():
    waiting = after(in_phase("retiring"), look(), endpoint(4))
    assert waiting.state.rollout is not None
    assert after(in_phase("retiring"), look(), endpoint(5)).state.rollout is None


@pytest.mark.parametrize("phase", ["loading", "testing", "baking"])
def test_failed_deployment_is_rolled_back_with_its_reason(phase: str):
    decision = after(in_phase(phase), look(), endpoint(5, "failed", "sha256 differs"))
    assert the(decision, RollBack).spec.deployments == (D1,)
    assert the(decision, RollBack).spec.traffic == {D1.name: 100}
    assert the(decision, Notify).kind == "model.rolled_back"
    assert decision.sentence == "Rolled v2-bbbbbbbb back: sha256 differs"
    assert decision.state.live == SERVING.live


def test_failed_smoke_test_is_rolled_back():
    assert kinds(after(in_phase("testing"), smoke("status 500"))) == ["RollBack", "Notify"]


def test_first_version_that_fails_leaves_an_empty_endpoint():
    decision = after(in_phase("loading", FRESH), look(), endpoint(5, "failed", "x"))
    assert the(decision, RollBack).spec.deployments == ()
    assert the(decision, RollBack).spec.traffic == {}


def test_version_that_never_comes_up_is_rolled_back():
    decision = after(in_phase("loading"), look(), Facts(), now=NOW + timedelta(minutes=30))
    assert decision.sentence == "Rolled v2-bbbbbbbb back: loading took longer than it may."


def test_step_given_up_is_rolled_back():
    failed = ActionFailed(model="digits", action="DeployModel", key="digits/5", reason="quota")
    assert kinds(after(in_phase("loading"), failed)) == ["RollBack", "Notify"]


def test_older_step_given_up_changes_nothing():
    failed = ActionFailed(model="digits", action="DeployModel", key="digits/4", reason="late")
    assert after(in_phase("baking"), failed).actions == ()


def test_next_version_waits_for_the_rollout_in_progress():
    state = in_stage("registering", in_phase("baking"))
    decision = after(state, ModelRegistered(model="digits", version="3"), registered("3", JOB))
    assert decision.state.queued is not None
    assert not [one for one in decision.actions if isinstance(one, EndpointAction)]
    later = replace(decision.state, rollout=replace(state.rollout, phase="retiring"))  # type: ignore[type-var] # It has one.
    assert "DeployModel" in kinds(after(later, look(), endpoint(5)))


def test_queued_version_follows_a_roll_back_under_a_higher_generation():
    state = replace(in_phase("loading"), queued=replace(V2, version="3", sha256="c" * 64))
    decision = after(state, look(), endpoint(5, "failed", "x"))
    specs = [one.spec for one in decision.actions if isinstance(one, EndpointAction)]
    assert [spec.generation for spec in specs] == [6, 7]


def test_paused_model_is_not_rolled_out():
    paused = after(in_stage("registering", SERVING), PauseRequested(model="digits", key="p")).state
    decision = after(paused, ModelRegistered(model="digits", version="2"), registered("2", JOB))
    assert decision.state.queued is not None
    assert decision.state.rollout is None


def test_overtaken_look_changes_nothing():
    assert after(in_phase("loading"), look(0), endpoint(5)).actions == ()


EVENTS = st.sampled_from([look(n) for n in range(1, 9)] + [smoke(), smoke("status 500")])
FACTS = st.builds(
    endpoint, st.integers(0, 12), st.sampled_from(["loading", "ready", "failed"]), st.just("x")
)


@given(st.lists(st.tuples(EVENTS, FACTS, st.integers(0, 20)), max_size=12))
def test_traffic_sums_to_100_whatever_happens(happenings: list[tuple[object, Facts, int]]):
    state, generation = in_phase("loading"), 5
    for event, facts, minutes in happenings:
        decision = after(state, event, facts, now=NOW + timedelta(minutes=minutes))  # type: ignore[arg-type] # An event.
        for action in decision.actions:
            if isinstance(action, EndpointAction):
                assert sum(action.spec.traffic.values()) == 100
                assert set(action.spec.traffic) <= {one.name for one in action.spec.deployments}
                assert action.spec.generation > generation
                generation = action.spec.generation
        state = decision.state


def test_scheduled_look_is_about_this_rollout():
    event = scheduled(after(in_phase("loading"), look(), endpoint(5, "loading"))).event
    assert event == look(2)


def test_retiring_that_is_never_reported_ends_at_its_deadline():
    state = in_phase("retiring", deadline=NOW + timedelta(minutes=1))
    waiting = after(state, look(), endpoint(4))
    assert waiting.state.rollout is not None
    done = after(state, look(), endpoint(4), now=NOW + timedelta(minutes=1))
    assert done.state.rollout is None
    assert "live beside what was not dropped" in (done.sentence or "")


def test_late_failure_of_a_second_smoke_test_moves_nothing():
    failed = ActionFailed(model="digits", action="SmokeTest", key=f"{D2.name}/5/1", reason="lost")
    state = in_phase("baking", step=0, generation=6)
    decision = after(state, failed)
    assert decision.state.rollout == state.rollout
    assert kinds(decision) == []
