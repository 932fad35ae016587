"""People acknowledge incidents, and snooze them."""

from datetime import timedelta

from msgspec.structs import replace

from decisions.actions import Notify
from decisions.decision import Decision
from decisions.events import (
    AckRequested,
    AnyEvent,
    DriftDetected,
    ResumeRequested,
    SnoozeRequested,
)
from decisions.overdue import overdue
from decisions.state import ModelState
from tests.decisions.life import (
    DRIFTING,
    NOW,
    WATCHED,
    after,
    kinds,
    scheduled,
    the,
    told,
    watched,
)

PAUSED = replace(WATCHED, paused=True)
RAISED = replace(watched(PAUSED, "drifted", "drifted")[-1].state, pending=())
(INCIDENT,) = RAISED.drift.incidents
ACK = AckRequested(model="digits", key="k", incident=INCIDENT.id, by="ada")
UNTIL = NOW + timedelta(hours=12)
SNOOZE = SnoozeRequested(model="digits", key="s", incident=INCIDENT.id, until=UNTIL, by="ada")
CALM = ("stable", "stable", "stable")


def asked(event: AnyEvent, state: ModelState = RAISED) -> Decision:
    return after(state, event, policy=DRIFTING, now=NOW + timedelta(hours=2))


def test_acknowledged_incident_is_no_news_any_more_but_stays_open():
    decision = asked(ACK)
    assert decision.sentence == f"ada acknowledged incident {INCIDENT.id}."
    assert [one.id for one in decision.state.drift.incidents] == [INCIDENT.id]
    over = watched(decision.state, *CALM, first=3)
    assert told(*over) == []
    assert over[-1].state.drift.incidents == ()


def test_incident_of_another_monitor_is_over_when_it_is_acknowledged():
    reported = DriftDetected(model="digits", monitor="credit", window="w")
    state = asked(reported, PAUSED).state
    (incident,) = state.drift.incidents
    decision = asked(replace(ACK, incident=incident.id), state)
    assert told(decision) == ["drift.cleared"]
    assert decision.state.drift.incidents == ()


def test_incident_that_is_not_open_is_said_not_to_be():
    for event in (replace(ACK, incident="inc-0"), replace(SNOOZE, incident="inc-0")):
        decision = asked(event)
        assert (decision.actions, decision.sentence) == ((), "No incident inc-0 is open.")


def test_snoozed_incident_is_neither_news_nor_trained_for():
    decision = asked(SNOOZE)
    assert scheduled(decision).at == UNTIL
    resumed = asked_to_resume(decision.state)
    assert kinds(resumed) == []
    assert resumed.state.held == (INCIDENT.cause,)
    assert told(*watched(resumed.state, "drifted", "drifted", first=3)) == []


def asked_to_resume(state: ModelState) -> Decision:
    return asked(ResumeRequested(model="digits", key="r"), state)


def test_incident_is_told_again_and_trained_for_when_its_snooze_is_over():
    snoozed = asked(SNOOZE)
    state = asked_to_resume(snoozed.state).state
    awake = after(state, scheduled(snoozed).event, policy=DRIFTING, now=UNTIL)
    assert kinds(awake) == ["Notify", "FreezeManifest", "Schedule"]
    notice = the(awake, Notify)
    assert notice.kind == "drift.detected"
    assert notice.about != INCIDENT.id
    assert asked(scheduled(snoozed).event, awake.state).actions == ()


def test_longer_snooze_counts_and_an_incident_that_is_over_wakes_nobody():
    snoozed = asked(SNOOZE)
    longer = asked(replace(SNOOZE, key="t", until=UNTIL + timedelta(hours=1)), snoozed.state)
    assert asked(scheduled(snoozed).event, longer.state).actions == ()
    over = watched(snoozed.state, *CALM, first=3)[-1]
    assert told(over) == []
    assert asked(scheduled(snoozed).event, over.state).actions == ()


def test_snooze_that_is_over_before_it_begins_changes_nothing():
    decision = asked(replace(SNOOZE, until=NOW))
    assert decision.sentence == "No snooze: 2026-11-21 12:00 UTC is over."
    assert decision.state.drift == RAISED.drift


def test_end_of_a_snooze_that_was_lost_is_sent_again():
    snoozed = asked(SNOOZE)
    late = UNTIL + timedelta(minutes=15)
    assert overdue(snoozed.state, late) == [scheduled(snoozed).event]
