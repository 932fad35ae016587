"""Actions that wait are tried again, or dropped when a newer one makes them pointless."""

from datetime import timedelta

from msgspec.structs import replace

from decisions import pending
from decisions.actions import CancelTraining, PromoteModel, RollBack, SubmitTraining
from decisions.events import LookDue
from decisions.facts import Facts
from decisions.state import Pending
from tests.decisions.life import D2, FRESH, JOB, MANIFEST, NOW, after, endpoint, in_phase, in_stage

LATER = NOW + timedelta(minutes=5)
LOOK = LookDue(model="digits", what="rollout", name=f"{D2.name}/5", ordinal=1)


def test_version_that_got_a_role_late_does_not_take_it_back():
    late = Pending(
        id="1.0", action=PromoteModel(model="digits", version="1", role="live"), after=LATER
    )
    state = replace(in_phase("baking", step=2, generation=5), pending=(late,))
    decision = after(state, LOOK, endpoint(5), now=NOW + timedelta(minutes=20))
    promoted = [
        one.action.version for one in decision.state.pending if isinstance(one.action, PromoteModel)
    ]
    assert promoted == [D2.version]


def test_submission_that_still_waits_is_dropped_with_its_training():
    submit = SubmitTraining(
        model="digits", job=JOB, pipeline="p", manifest=MANIFEST, causes=("training/x",)
    )
    state = replace(in_stage("running"), pending=(Pending(id="1.0", action=submit, after=LATER),))
    look = LookDue(model="digits", what="training", name=JOB, ordinal=1)
    kept = after(state, look, now=NOW + timedelta(hours=1)).state.pending
    kinds = [type(one.action) for one in kept]
    assert CancelTraining in kinds
    assert SubmitTraining not in kinds


def test_older_specification_is_not_tried_after_a_newer_one():
    deploy = after(in_phase("loading", FRESH, deadline=NOW), LOOK, Facts())
    back = [one.action for one in deploy.state.pending if isinstance(one.action, RollBack)]
    assert len(back) == 1
    waiting = replace(deploy.state, rollout=in_phase("loading").rollout)
    again = after(waiting, LOOK, endpoint(5, "failed"))
    specs = [one.action for one in again.state.pending if isinstance(one.action, RollBack)]
    assert [one.spec.generation for one in specs] == [waiting.generation + 1]


def test_second_delayed_action_gets_a_look_of_its_own():
    first, second = (
        Pending(id=name, action=CancelTraining(model="digits", job=name), after=after)
        for name, after in (("a", NOW), ("b", LATER))
    )
    state = replace(FRESH, pending=(first, second), retries=1)
    settled = pending.settled(state, {"a"}, [])
    look_again, at = pending.next_look(settled) or (None, None)
    assert at == LATER
    assert look_again is not None
    assert look_again.ordinal == 2
