"""An incident is told once, trained for once, and over when windows or a new model say so."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decisions.actions import Notify
from decisions.decision import Decision, unmoved
from decisions.events import DriftDetected, LookDue, ManifestFrozen, RunFailed
from decisions.incidents import Incident
from decisions.policies import DriftPolicy, ModelPolicy
from decisions.state import ModelState
from tests.decisions.life import (
    DRIFTING,
    MANIFEST,
    NOW,
    WATCHED,
    after,
    endpoint,
    in_phase,
    kinds,
    run,
    the,
    told,
    watched,
)

RAISED = watched(WATCHED, "drifted", "drifted")[-1]
HOUR = timedelta(hours=1)


def reported(window: str = "run-1", monitor: str = "credit") -> DriftDetected:
    return DriftDetected(
        model="digits", monitor=monitor, window=window, features=("AGE",), score=0.4, threshold=0.1
    )


def open_one(decision: Decision, monitor: str = "ratchet") -> Incident:
    incident = decision.state.drift.watches[monitor].incident
    assert incident is not None
    return incident


def test_second_drifted_window_raises_an_incident_and_trains():
    first, second = watched(WATCHED, "drifted", "drifted")
    assert (kinds(first), first.state.drift.incidents) == ([], ())
    assert kinds(second) == ["Notify", "FreezeManifest", "Schedule"]
    assert second.state.training is not None
    assert second.state.training.causes == ("drift/ratchet/20261121T140000Z",)
    assert second.sentence == (
        "Window 20261121T140000Z is drifted: It is drifted. "
        f"Incident {open_one(second).id} is raised. "
        f"Training {second.state.training.job} begins, for 1 cause(s)."
    )


def test_news_of_an_incident_has_its_figures():
    notice = the(RAISED, Notify)
    assert (notice.kind, notice.about) == ("drift.detected", open_one(RAISED).id)
    assert notice.data == {
        "incident": open_one(RAISED).id,
        "monitor": "ratchet",
        "window": "20261121T140000Z",
        "features": ["age"],
        "score": 0.31,
        "threshold": 0.2,
        "report": None,
        "sentence": "It is drifted.",
    }


def test_drift_that_is_no_reason_to_train_only_tells_people():
    policy = replace(DRIFTING, retrain=replace(DRIFTING.retrain, on=("new_data",)))
    assert kinds(watched(WATCHED, "drifted", "drifted", policy=policy)[-1]) == ["Notify"]


def test_calm_windows_end_the_incident_under_the_same_id():
    *between, last = watched(RAISED.state, "drifted", "stable", "stable", "stable", first=3)
    assert told(*between) == []
    notice = the(last, Notify)
    assert (notice.kind, notice.about) == ("drift.cleared", open_one(RAISED).id)
    assert last.state.drift.incidents == ()
    assert str(last.sentence).endswith("is over: 3 calm windows in a row.")


def test_incident_that_is_over_is_not_trained_for_any_more():
    paused = replace(WATCHED, paused=True)
    raised = watched(paused, "drifted", "drifted")[-1]
    assert raised.state.held == ("drift/ratchet/20261121T140000Z",)
    over = watched(raised.state, "stable", "stable", "stable", first=3)[-1]
    assert over.state.held == ()


def test_another_monitor_raises_its_incident_at_once_and_is_told_once():
    first = after(WATCHED, reported(), policy=DRIFTING)
    assert kinds(first) == ["Notify", "FreezeManifest", "Schedule"]
    assert the(first, Notify).data["monitor"] == "credit"
    again = after(first.state, reported("run-2"), policy=DRIFTING)
    assert again.actions == ()
    assert again.sentence == (
        f"credit reports drift of AGE: {open_one(first, 'credit').id} is open already."
    )


def test_other_monitors_have_incidents_of_their_own():
    state = after(RAISED.state, reported(), policy=DRIFTING).state
    state = after(state, reported(monitor="other"), policy=DRIFTING).state
    assert {one.monitor for one in state.drift.incidents} == {"ratchet", "credit", "other"}


def test_version_trained_since_ends_the_incidents_that_no_window_ends():
    for attempts, over in ((1, True), (2, False)):
        raised = after(replace(WATCHED, attempts=attempts), reported(), policy=DRIFTING).state
        live = went_live(raised)
        assert told(live) == [*(["drift.cleared"] if over else []), "model.deployed"][::-1]
        assert (live.state.drift.incidents == ()) == over


def test_version_that_goes_live_leaves_windows_to_end_their_incident():
    assert went_live(RAISED.state).state.drift.incidents == RAISED.state.drift.incidents


def test_version_ends_the_incident_of_a_monitor_that_was_switched_off():
    state = replace(RAISED.state, attempts=1)
    assert went_live(state, replace(DRIFTING, drift=None)).state.drift.incidents == ()


def went_live(state: ModelState, policy: ModelPolicy = DRIFTING) -> Decision:
    """The last step of the rollout of version 2, which attempt 2 made."""
    baking = in_phase("baking", replace(state, training=None), step=2)
    late = NOW + timedelta(minutes=20)
    look = LookDue(model="digits", what="rollout", name="v2-bbbbbbbb/5", ordinal=1)
    return after(baking, look, endpoint(5), policy, late)


def test_drift_soon_after_an_incident_is_no_new_one():
    raised = after(WATCHED, reported(), policy=DRIFTING).state
    over = went_live(replace(raised, attempts=1)).state
    soon = after(over, reported("run-2"), policy=DRIFTING, now=NOW + 23 * HOUR)
    assert (soon.actions, soon.state.drift.incidents) == ((), ())
    later = after(over, reported("run-3"), policy=DRIFTING, now=NOW + 25 * HOUR)
    assert [one.window for one in later.state.drift.incidents] == ["run-3"]


def test_monitor_in_ratchets_own_name_is_not_listened_to():
    decision = after(WATCHED, reported(monitor="ratchet"), policy=DRIFTING)
    assert (decision.actions, decision.state.drift) == ((), WATCHED.drift)


def test_strangers_that_call_themselves_monitors_leave_a_bounded_row():
    state = WATCHED
    for number in range(30):
        state = after(state, reported(monitor=f"m{number}"), policy=DRIFTING).state
    assert len(state.drift.incidents) == 20


def test_monitor_whose_incident_is_over_makes_room_for_another():
    state = WATCHED
    for number in range(20):
        state = after(state, reported(monitor=f"m{number}"), policy=DRIFTING).state
    state = went_live(replace(state, attempts=1)).state
    state = after(state, reported(monitor="new"), policy=DRIFTING).state
    assert len(state.drift.watches) == 20
    assert [one.monitor for one in state.drift.incidents] == ["new"]


def test_score_that_swings_for_thirty_windows_is_one_incident_and_one_training():
    decisions = watched(WATCHED, *["drifted", "near"] * 15)
    assert told(*decisions) == ["drift.detected"]
    assert [kind for one in decisions for kind in kinds(one)].count("FreezeManifest") == 1


HAPPENINGS = ["drifted", "near", "stable", "unknown", "another monitor", "a training ends"]


def trained(state: ModelState, number: int, policy: ModelPolicy, now: datetime) -> Decision:
    """The training in flight finds its data, new by its number or not, and comes to nothing."""
    if state.training is None:
        return unmoved(state)
    manifest = replace(MANIFEST, digest=f"m{number}")
    frozen = ManifestFrozen(model="digits", attempt=state.training.attempt, manifest=manifest)
    submitted = after(state, frozen, policy=policy, now=now)
    failed = RunFailed(model="digits", run=state.training.job, status="Failed")
    return submitted.also(after(submitted.state, failed, run("Failed"), policy, now))


@given(st.lists(st.sampled_from(HAPPENINGS), max_size=40), st.booleans())
def test_trainings_never_outnumber_incidents_and_all_that_is_over_was_raised(
    happenings: list[str], labelled: bool
):
    """Whatever windows and monitors say, and whether there is anything new to train on or not."""
    policy = replace(DRIFTING, drift=DriftPolicy(cooldown=timedelta(hours=3), clear_after=2))
    state, decisions = WATCHED, []
    for hour, happening in enumerate(happenings, 1):
        now = NOW + hour * HOUR
        if happening == "another monitor":
            decision = after(state, reported(str(hour)), policy=policy, now=now)
        elif happening == "a training ends":
            decision = trained(state, hour + 1 if labelled else 1, policy, now)
        else:
            decision = watched(state, happening, policy=policy, first=hour)[-1]
        decisions.append(decision)
        state = replace(decision.state, pending=())
        monitors = [one.monitor for one in state.drift.incidents]
        assert len(set(monitors)) == len(monitors)
    notices = [one for each in decisions for one in each.actions if isinstance(one, Notify)]
    raised = [one.about for one in notices if one.kind == "drift.detected"]
    over = [one.about for one in notices if one.kind == "drift.cleared"]
    assert len(set(raised)) == len(raised)
    assert len(set(over)) == len(over)
    assert set(over) <= set(raised)
    submitted = [kind for one in decisions for kind in kinds(one)].count("SubmitTraining")
    assert submitted <= len(raised)
