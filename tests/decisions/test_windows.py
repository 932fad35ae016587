"""One window at a time is judged, against the live version's reference; unknown is never stable."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decisions.actions import JudgeWindow, Notify, ProfileReference
from decisions.events import ActionFailed, LookDue, ModelRegistered, ReferenceProfiled
from decisions.overdue import overdue
from decisions.state import Live, ModelState, Pending
from decisions.windows import next_window
from drift.results import Rows
from tests.decisions.life import (
    D2,
    DRIFTING,
    FRESH,
    JOB,
    NOW,
    SERVING,
    V2,
    WATCHED,
    after,
    due,
    in_stage,
    judged,
    kinds,
    scheduled,
    the,
    told,
    watched,
    window,
)

HOUR = timedelta(hours=1)
IN_FLIGHT = replace(after(WATCHED, due(1), policy=DRIFTING, now=NOW + HOUR).state, pending=())


def drift(event: Any, state: ModelState = IN_FLIGHT, now: Any = NOW + HOUR) -> Any:
    return after(state, event, policy=DRIFTING, now=now)


def look(ordinal: int = 1) -> LookDue:
    return LookDue(model="digits", what="drift", name=window(1).name, ordinal=ordinal)


def test_window_that_ended_is_judged_by_the_live_versions_reference():
    decision = drift(due(1), WATCHED)
    judge = the(decision, JudgeWindow)
    assert (judge.window, judge.version.version) == (window(1), "1")
    assert judge.key == "20261121T130000Z/1/0/0"
    assert scheduled(decision).event == look()


@pytest.mark.parametrize(
    ("state", "policy"),
    [
        (FRESH, DRIFTING),
        (WATCHED, replace(DRIFTING, drift=None)),
        (IN_FLIGHT, DRIFTING),
        (replace(WATCHED, drift=replace(WATCHED.drift, until=window(1).end)), DRIFTING),
        (replace(WATCHED, drift=replace(WATCHED.drift, until=window(2).end)), DRIFTING),
    ],
    ids=["nothing is live", "no policy", "one is in flight", "this one was", "a later one was"],
)
def test_window_is_not_judged_when(state: ModelState, policy: Any):
    decision = after(state, due(1), policy=policy)
    assert (decision.actions, decision.sentence) == ((), None)


def test_next_window_begins_where_the_last_one_ended():
    assert next_window(SERVING, window(3).end) == replace(window(3), start=NOW)
    once = watched(WATCHED, "stable")[-1].state
    assert next_window(once, window(3).end) == replace(window(3), start=window(1).end)


def test_no_next_window_while_one_is_in_flight_or_before_it_would_begin():
    assert next_window(IN_FLIGHT, window(2).end) is None
    assert next_window(FRESH, window(2).end) is None
    assert next_window(SERVING, NOW) is None


def test_verdict_is_told_in_the_ledger_with_its_numbers():
    decision = drift(judged(1, rows=Rows(reference=900, current=300)))
    assert decision.state.drift.judging is None
    assert decision.sentence == "Window 20261121T130000Z is drifted: It is drifted."
    assert decision.numbers == {
        "verdict": "drifted",
        "rows": 300,
        "worst": 1.55,
        "drifted": {"age": 0.31},
    }


def test_verdict_on_another_window_or_version_changes_nothing():
    for late in (judged(2), judged(1, version="2")):
        assert drift(late).state.drift == IN_FLIGHT.drift
    assert drift(judged(1), WATCHED).state.drift == WATCHED.drift


def test_verdict_on_a_version_that_gave_way_counts_for_nothing():
    state = replace(IN_FLIGHT, live=Live(version=V2, deployment=D2, since=NOW))
    decision = drift(judged(1), state)
    assert decision.state.drift.judging is None
    assert decision.state.drift.own.recent == ()
    assert decision.sentence == (
        "Window 20261121T130000Z counts for nothing: version 1 is not watched any more."
    )


def test_lost_window_is_asked_for_again_under_a_new_ordinal():
    decision = drift(look())
    assert the(decision, JudgeWindow).ordinal == 1
    assert scheduled(decision).event == look(2)
    assert drift(look(), decision.state).actions == ()


def test_window_that_takes_too_long_is_unknown_and_people_are_told_once():
    decision = drift(look(), now=NOW + 2 * HOUR)
    notice = the(decision, Notify)
    assert (notice.kind, notice.data["sentence"]) == (
        "drift.unknown",
        "to judge it took longer than it may.",
    )
    assert decision.state.drift.own.recent[-1].verdict == "unknown"
    assert told(*watched(decision.state, "unknown", "unknown", first=3)) == []


def test_window_whose_request_is_still_tried_in_an_outage_is_not_given_up():
    judge = the(drift(due(1), WATCHED), JudgeWindow)
    waiting = Pending(id="1.0", action=judge, tries=30, after=NOW + 2 * HOUR)
    state = replace(IN_FLIGHT, pending=(waiting,))
    decision = drift(look(), state, now=NOW + 2 * HOUR)
    assert kinds(decision) == ["JudgeWindow", "Schedule"]
    assert scheduled(decision).at == NOW + 2 * HOUR + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("action", "key"),
    [("JudgeWindow", "20261121T130000Z/1/0/0"), ("ProfilePart", "20261121T130000Z/1/0/3/7")],
)
def test_window_whose_work_was_given_up_is_unknown_with_the_reason(action: str, key: str):
    failed = ActionFailed(model="digits", action=action, key=key, reason="it is cut short")
    decision = drift(failed)
    assert the(decision, Notify).data["sentence"] == f"{action} was given up: it is cut short"
    assert drift(failed, WATCHED).actions == ()


def test_people_hear_when_windows_are_known_again():
    decisions = watched(WATCHED, "unknown", "unknown", "stable", "unknown")
    assert told(*decisions) == ["drift.unknown", "drift.known", "drift.unknown"]


def test_window_that_is_overdue_is_looked_at_again():
    judging = IN_FLIGHT.drift.judging
    assert judging is not None
    assert judging.due is not None
    assert overdue(IN_FLIGHT, judging.due + timedelta(minutes=15)) == [look()]


def test_new_version_is_profiled_when_it_is_registered():
    state = in_stage("registering", SERVING)
    event = ModelRegistered(model="digits", version="2", run=JOB)
    for policy, expected in ((DRIFTING, ["2"]), (replace(DRIFTING, drift=None), [])):
        decision = after(state, event, policy=policy)
        asked = [one for one in decision.actions if isinstance(one, ProfileReference)]
        assert [one.version.version for one in asked] == expected


def test_no_window_is_judged_before_the_live_version_has_its_reference():
    decision = drift(due(1), SERVING)
    assert kinds(decision) == ["ProfileReference"]
    assert decision.state.drift.until is None
    assert drift(due(2), decision.state, NOW + HOUR).actions == ()
    later = drift(due(2), decision.state, NOW + 2 * HOUR)
    assert the(later, ProfileReference).ordinal == 1
    profiled = ReferenceProfiled(model="digits", version="1", ordinal=1)
    ready = drift(profiled, later.state)
    assert "JudgeWindow" in kinds(drift(due(3), ready.state))


@pytest.mark.parametrize(
    "answer",
    [
        ReferenceProfiled(model="digits", version="1", problem="its run left no data"),
        ActionFailed(model="digits", action="ProfileReference", key="1/0", reason="no data"),
    ],
    ids=["cannot be made", "given up"],
)
def test_version_without_a_reference_is_unknown_and_asked_for_again(answer: Any):
    asked = drift(due(1), SERVING)
    decision = drift(answer, asked.state)
    assert told(decision) == ["drift.unknown"]
    assert decision.state.drift.own.lost
    again = drift(due(2), decision.state)
    assert the(again, ProfileReference).ordinal == 1
    once_more = ReferenceProfiled(model="digits", version="1", ordinal=1, problem="still none")
    assert told(drift(once_more, again.state)) == []


def test_reference_that_fails_of_a_version_that_is_not_live_troubles_nobody():
    problem = ReferenceProfiled(model="digits", version="2", problem="its run left no data")
    decision = drift(problem, WATCHED)
    assert (told(decision), decision.state.drift.own.lost) == ([], False)


def test_late_problem_with_a_reference_that_there_is_changes_nothing():
    problem = ReferenceProfiled(model="digits", version="1", problem="late")
    assert drift(problem, WATCHED).sentence is None


def test_versions_with_a_reference_are_remembered_within_bounds():
    state = SERVING
    for number in range(20):
        state = drift(ReferenceProfiled(model="digits", version=str(number)), state).state
    assert state.drift.profiled == tuple(str(number) for number in range(10, 20))
