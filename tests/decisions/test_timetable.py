"""Which batch is due, in three time zones, on days of all kinds, and after whatever happened."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decisions import ncrontab
from decisions.events import BatchDue, BatchMissed, Window
from decisions.policies import BatchPolicy, Place
from decisions.state import Batch, Batches, Live, ModelState
from decisions.timetable import asked_now, next_due
from tests.decisions.life import D1, FRESH, SERVING, V1

MINUTE = timedelta(minutes=1)
BERLIN, NEW_YORK, SHANGHAI = "Europe/Berlin", "America/New_York", "Asia/Shanghai"


def at(text: str) -> datetime:
    """A moment in UTC, such as 2026-03-29T01:00."""
    return datetime.fromisoformat(f"{text}Z")


def policy(schedule: str = "0 0 3 * * *", zone: str = "UTC", **known: Any) -> BatchPolicy:
    return BatchPolicy(
        schedule=schedule,
        time_zone=zone,
        input=Place(container="batch", path="in/**"),
        output=Place(container="batch", path="out/"),
        **known,
    )


def scored(until: str, busy: str | None = None, ended: str | None = None) -> ModelState:
    """A model whose last batch was of a window until then, and ran from `busy` until `ended`."""
    batches = Batches(
        until=at(until), busy=at(busy) if busy else None, ended=at(ended) if ended else None
    )
    return replace(SERVING, batches=batches)


def window(start: str, end: str) -> Window:
    return Window(start=at(start), end=at(end))


def due(state: ModelState, rule: BatchPolicy, now: str) -> Window | None:
    found = next_due(state, rule, at(now))
    assert not isinstance(found, BatchMissed)
    return found.window if found else None


def ends(rule: BatchPolicy, until: str, last: str) -> list[str]:
    """The ends of the windows that follow, one after the other, looked for every two hours."""
    state, found, now = scored(until), list[str](), at(until)
    while now < at(last):
        now += timedelta(hours=2)
        event = next_due(state, rule, now)
        if event:
            assert isinstance(event, BatchDue)
            assert state.batches.until == event.window.start
            found.append(f"{event.window.end:%Y-%m-%dT%H:%M}")
            state = replace(state, batches=replace(state.batches, until=event.window.end))
    return found


@pytest.mark.parametrize(
    ("schedule", "zone", "until", "last", "expected"),
    [
        pytest.param(
            "0 30 2 * * *",
            BERLIN,
            "2026-03-28T01:30",
            "2026-03-30T12:00",
            ["2026-03-29T01:00", "2026-03-30T00:30"],
            id="02:30 does not exist in Berlin",
        ),
        pytest.param(
            "0 30 2 * * *",
            BERLIN,
            "2026-10-24T00:30",
            "2026-10-26T12:00",
            ["2026-10-25T00:30", "2026-10-26T01:30"],
            id="02:30 exists twice in Berlin",
        ),
        pytest.param(
            "0 30 2 * * *",
            NEW_YORK,
            "2026-03-07T07:30",
            "2026-03-09T12:00",
            ["2026-03-08T07:00", "2026-03-09T06:30"],
            id="02:30 does not exist in New York",
        ),
        pytest.param(
            "0 30 1 * * *",
            NEW_YORK,
            "2026-10-31T05:30",
            "2026-11-02T12:00",
            ["2026-11-01T05:30", "2026-11-02T06:30"],
            id="01:30 exists twice in New York",
        ),
        pytest.param(
            "0 30 2 * * *",
            SHANGHAI,
            "2026-03-27T18:30",
            "2026-03-29T23:00",
            ["2026-03-28T18:30", "2026-03-29T18:30"],
            id="clocks never change in Shanghai",
        ),
        pytest.param(
            "0 0 6 31 * *",
            BERLIN,
            "2026-01-31T05:00",
            "2026-06-01T00:00",
            ["2026-03-31T04:00", "2026-05-31T04:00"],
            id="the 31st in Berlin",
        ),
        pytest.param(
            "0 0 6 31 * *",
            NEW_YORK,
            "2026-01-31T11:00",
            "2026-06-01T00:00",
            ["2026-03-31T10:00", "2026-05-31T10:00"],
            id="the 31st in New York",
        ),
        pytest.param(
            "0 0 6 31 * *",
            SHANGHAI,
            "2026-01-30T22:00",
            "2026-06-01T00:00",
            ["2026-03-30T22:00", "2026-05-30T22:00"],
            id="the 31st in Shanghai",
        ),
    ],
)
def test_batches_are_due_by_the_clocks_of_their_zone(
    schedule: str, zone: str, until: str, last: str, expected: list[str]
):
    assert ends(policy(schedule, zone), until, last) == expected


@pytest.mark.parametrize(
    ("zone", "before", "expected"),
    [
        (BERLIN, "2024-02-29T05:00", "2028-02-29T05:00"),
        (NEW_YORK, "2024-02-29T11:00", "2028-02-29T11:00"),
        (SHANGHAI, "2024-02-28T22:00", "2028-02-28T22:00"),
    ],
)
def test_leap_day_comes_every_four_years(zone: str, before: str, expected: str):
    rule = policy("0 0 6 29 2 *", zone)
    assert due(scored(before), rule, "2028-02-28T21:59") is None
    found = next_due(scored(before), rule, at(expected) + MINUTE)
    assert isinstance(found, BatchDue)
    assert found.window == window(before, expected)


def test_batch_begins_once_what_was_just_uploaded_is_listed():
    state = scored("2026-11-20T03:00")
    assert due(state, policy(), "2026-11-21T03:00:59") is None
    expected = window("2026-11-20T03:00", "2026-11-21T03:00")
    assert due(state, policy(), "2026-11-21T03:01") == expected
    assert due(state, policy(), "2026-11-21T03:04:30") == expected
    assert due(state, policy(grace=timedelta()), "2026-11-21T03:00") == expected


def test_tick_that_comes_twice_asks_for_the_same_batch():
    state = scored("2026-11-20T03:00")
    first = next_due(state, policy(), at("2026-11-21T03:01"))
    again = next_due(state, policy(), at("2026-11-21T03:02:17"))
    assert first
    assert again
    assert first.cause == again.cause == "batch_due/20261121T030000Z/0"


def test_wish_after_one_that_came_to_nothing_is_another():
    state = scored("2026-11-20T03:00")
    later = replace(state, batches=replace(state.batches, asked=1))
    found = next_due(later, policy(), at("2026-11-21T03:02"))
    assert found
    assert found.cause == "batch_due/20261121T030000Z/1"


@pytest.mark.parametrize(
    "change",
    [
        {"paused": True},
        {
            "batches": Batches(
                running=Batch(
                    window=window("2026-11-19T03:00", "2026-11-20T03:00"),
                    version=V1,
                    since=at("2026-11-20T03:01"),
                    deadline=at("2026-11-22T03:01"),
                ),
                until=at("2026-11-20T03:00"),
            )
        },
    ],
    ids=["paused", "one runs"],
)
def test_nothing_is_due_while(change: Any):
    assert next_due(replace(SERVING, **change), policy(), at("2026-11-21T03:02")) is None


def live_since(moment: str) -> ModelState:
    return replace(FRESH, live=Live(version=V1, deployment=D1, since=at(moment)))


def test_first_deployment_never_fires_for_the_past():
    state = live_since("2026-11-21T03:00:00.7")
    assert due(state, policy(), "2026-11-21T03:01") is None
    expected = window("2026-11-21T03:00", "2026-11-22T03:00")
    assert due(state, policy(), "2026-11-22T03:01") == expected


def test_section_that_is_new_never_fires_for_the_past():
    state = live_since("2026-03-01T10:00")
    assert due(state, policy(), "2026-11-21T03:07") is None
    found = due(state, policy(), "2026-11-22T03:01")
    assert found == window("2026-03-01T10:00", "2026-11-22T03:00")


def test_first_window_without_a_live_version_is_one_turn_of_the_schedule():
    found = due(FRESH, policy(model="3"), "2026-11-21T03:01")
    assert found == window("2026-11-20T03:00", "2026-11-21T03:00")


@pytest.mark.parametrize(("zone", "hour"), [(BERLIN, 2), (NEW_YORK, 8), (SHANGHAI, 19)])
@pytest.mark.parametrize("catch_up", ["one", "all", "none"])
def test_three_missed_windows_are(catch_up: Any, zone: str, hour: int):
    """The app was down from the 18th until the 22nd, after the batch of the 18th."""
    rule = policy("0 0 3 * * *", zone, catch_up=catch_up)
    missed = [f"2026-11-{day}T{hour:02d}:00" for day in (18, 19, 20, 21)]
    state, now = scored(missed[0]), at("2026-11-21T23:00")
    found = next_due(state, rule, now)
    assert found
    if catch_up == "all":
        assert found.window == window(missed[0], missed[1])
        later = scored(missed[1], busy="2026-11-21T23:00", ended="2026-11-21T23:10")
        assert due(later, rule, "2026-11-21T23:10") == window(missed[1], missed[2])
        later = scored(missed[2], busy="2026-11-21T23:00", ended="2026-11-21T23:20")
        assert due(later, rule, "2026-11-21T23:20") == window(missed[2], missed[3])
        assert due(scored(missed[3]), rule, "2026-11-21T23:30") is None
    else:
        assert found.window == window(missed[0], missed[3])
        assert isinstance(found, BatchMissed if catch_up == "none" else BatchDue)


def test_due_time_that_comes_after_those_left_out_is_run():
    rule = policy(catch_up="none")
    state = scored("2026-11-18T03:00")
    missed = next_due(state, rule, at("2026-11-21T03:03"))
    assert isinstance(missed, BatchMissed)
    assert missed.window == window("2026-11-18T03:00", "2026-11-20T03:00")
    found = due(scored("2026-11-20T03:00"), rule, "2026-11-21T03:04")
    assert found == window("2026-11-20T03:00", "2026-11-21T03:00")


HOURLY = "0 0 * * * *"


def test_due_times_that_pass_while_a_batch_runs_join_the_next_window():
    state = scored("2026-11-21T03:00", busy="2026-11-21T03:01", ended="2026-11-21T05:30")
    rule = policy(HOURLY, overlap="skip", catch_up="all")
    assert due(state, rule, "2026-11-21T05:31") is None
    expected = window("2026-11-21T03:00", "2026-11-21T06:00")
    assert due(state, rule, "2026-11-21T06:01") == expected


def test_due_times_that_pass_while_a_batch_runs_are_run_after_it_in_order():
    rule = policy(HOURLY, overlap="queue", catch_up="one")
    busy = "2026-11-21T03:01"
    state = scored("2026-11-21T03:00", busy, ended="2026-11-21T05:30")
    assert due(state, rule, "2026-11-21T05:31") == window("2026-11-21T03:00", "2026-11-21T04:00")
    state = scored("2026-11-21T04:00", busy, ended="2026-11-21T05:40")
    assert due(state, rule, "2026-11-21T05:41") == window("2026-11-21T04:00", "2026-11-21T05:00")
    state = scored("2026-11-21T05:00", busy, ended="2026-11-21T05:50")
    assert due(state, rule, "2026-11-21T05:51") is None


def test_what_overlapped_and_what_was_missed_after_it_each_get_their_policy():
    state = scored("2026-11-21T03:00", busy="2026-11-21T03:01", ended="2026-11-21T05:30")
    rule = policy(HOURLY, overlap="queue", catch_up="one")
    assert due(state, rule, "2026-11-21T09:30") == window("2026-11-21T03:00", "2026-11-21T04:00")
    later = scored("2026-11-21T05:00", busy="2026-11-21T03:01", ended="2026-11-21T09:45")
    assert due(later, rule, "2026-11-21T09:46") == window("2026-11-21T05:00", "2026-11-21T06:00")


def test_what_was_missed_before_a_batch_is_caught_up_with_up_to_it():
    rule = policy(HOURLY, overlap="queue", catch_up="one")
    state = scored("2026-11-21T01:00", busy="2026-11-21T04:30", ended="2026-11-21T06:30")
    assert due(state, rule, "2026-11-21T06:31") == window("2026-11-21T01:00", "2026-11-21T04:00")


def test_person_gets_what_came_since_the_last_window():
    found = asked_now(scored("2026-11-20T03:00"), policy(), at("2026-11-21T10:11:12.5"))
    assert found == window("2026-11-20T03:00", "2026-11-21T10:11:12")
    assert asked_now(scored("2026-11-21T10:11:12"), policy(), at("2026-11-21T10:11:12.9")) is None


def test_person_may_name_the_time_since_when():
    since = at("2026-11-01T00:00")
    found = asked_now(scored("2026-11-20T03:00"), policy(), at("2026-11-21T10:11:12"), since)
    assert found == window("2026-11-01T00:00", "2026-11-21T10:11:12")


schedules = st.sampled_from(["0 */7 * * * *", "0 30 1-3 * * *", "0 0 */5 * * *", "0 15 2 * * Sun"])
rules = st.builds(
    policy,
    schedule=schedules,
    zone=st.sampled_from([BERLIN, NEW_YORK, SHANGHAI]),
    overlap=st.sampled_from(["skip", "queue"]),
    catch_up=st.sampled_from(["one", "all", "none"]),
)
# For so many minutes the app is down, then a batch that is due takes so many.
steps = st.lists(st.tuples(st.integers(1, 900), st.integers(0, 300)), max_size=25)
clock_changes = st.sampled_from(["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"])


def lived(rule: BatchPolicy, begin: datetime, story: Any) -> list[tuple[bool, Window]]:
    """The windows of a story, and whether each was scored."""
    state = replace(SERVING, batches=Batches(until=begin))
    now, found = begin, list[tuple[bool, Window]]()
    for down, takes in story:
        now += down * MINUTE
        event = next_due(state, rule, now)
        if event is None:
            continue
        assert event.window.end <= now - rule.grace
        found.append((isinstance(event, BatchDue), event.window))
        batches = replace(state.batches, until=event.window.end)
        if isinstance(event, BatchDue):
            ended = state.batches.ended
            waited = ended is not None and event.window.end + rule.grace <= ended
            busy = state.batches.busy if waited else now
            now += takes * MINUTE
            batches = replace(batches, busy=busy, ended=now)
        state = replace(state, batches=batches)
    return found


@settings(max_examples=300, deadline=None)
@given(rule=rules, day=clock_changes, story=steps)
def test_windows_follow_one_another_whatever_happens(rule: BatchPolicy, day: str, story: Any):
    begin = at(f"{day}T00:00") - timedelta(hours=20)
    schedule, zone = ncrontab.parse(rule.schedule), ZoneInfo(rule.time_zone)
    until = begin
    for was_scored, one in lived(rule, begin, story):
        assert one.start == until < one.end
        assert schedule.latest(one.end, zone) == one.end.astimezone(UTC)
        if was_scored and rule.overlap == "queue" and rule.catch_up == "all":
            assert schedule.next(until, zone) == one.end
        assert was_scored or rule.catch_up == "none"
        until = one.end
