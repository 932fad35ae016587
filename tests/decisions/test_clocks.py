"""Schedules in time zones, on the days on which clocks are changed and on all others."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from decisions.ncrontab import Schedule, parse

MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Asia/Shanghai": ["2026-03-29"],
    "Australia/Lord_Howe": ["2026-04-04", "2026-10-03"],  # Half an hour.
    "Pacific/Apia": ["2011-12-30"],  # A whole day that never was.
}
DAYS = [(zone, day) for zone, days in CHANGES.items() for day in days]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}Z")


def times(expression: str, zone: str, after: str, count: int) -> list[str]:
    schedule, moment, found = parse(expression), at(after), []
    for _ in range(count):
        occurrence = schedule.next(moment, ZoneInfo(zone))
        assert occurrence is not None
        moment = occurrence
        found.append(f"{moment:%m-%dT%H:%M}")
    return found


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        pytest.param(
            "0 30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T00:00",
            ["03-28T01:30", "03-29T01:00", "03-30T00:30"],
            id="leapt over: at the end of the gap",
        ),
        pytest.param(
            "0 30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T00:00",
            ["10-24T00:30", "10-25T00:30", "10-26T01:30"],
            id="shown twice: the first time",
        ),
        pytest.param(
            "0 */30 1-3 * * *",
            "Europe/Berlin",
            "2026-03-28T23:50",
            ["03-29T00:00", "03-29T00:30", "03-29T01:00", "03-29T01:30", "03-29T23:00"],
            id="several leapt over: once, with what is due then anyway",
        ),
        pytest.param(
            "0 0 * * * *",
            "America/New_York",
            "2026-11-01T04:30",
            ["11-01T05:00", "11-01T07:00", "11-01T08:00"],
            id="hourly when an hour comes twice",
        ),
        pytest.param(
            "0 30 2 * * *",
            "America/New_York",
            "2026-03-07T12:00",
            ["03-08T07:00", "03-09T06:30"],
            id="leapt over in New York",
        ),
        pytest.param(
            "0 0 3 * * *",
            "Asia/Shanghai",
            "2026-03-28T00:00",
            ["03-28T19:00", "03-29T19:00"],
            id="no changes in Shanghai",
        ),
        pytest.param(
            "0 0 0 31 * *",
            "Europe/Berlin",
            "2026-01-31T00:00",
            ["03-30T22:00", "05-30T22:00", "07-30T22:00", "08-30T22:00", "10-30T23:00"],
            id="months without a 31st",
        ),
        pytest.param(
            "0 0 12 29 2 *",
            "Asia/Shanghai",
            "2026-01-01T00:00",
            ["02-29T04:00"],
            id="leap day",
        ),
    ],
)
def test_occurrences_are_those_of_the_clocks_of_the_zone(
    expression: str, zone: str, after: str, expected: list[str]
):
    assert times(expression, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-25T00:29:59", "2026-10-24T00:30"),
        ("2026-10-25T00:30:00", "2026-10-25T00:30"),
        ("2026-10-25T01:10:00", "2026-10-25T00:30"),
        ("2026-10-25T01:30:00", "2026-10-25T00:30"),
        ("2026-10-26T01:29:59", "2026-10-25T00:30"),
    ],
)
def test_latest_does_not_come_again_while_clocks_repeat_an_hour(now: str, expected: str):
    assert parse("0 30 2 * * *").latest(at(now), ZoneInfo("Europe/Berlin")) == at(expected)


def test_latest_leap_day_lies_years_back():
    latest = parse("0 0 0 29 2 *").latest(at("2027-06-01T00:00"), ZoneInfo("UTC"))
    assert latest == at("2024-02-29T00:00")


def test_day_that_never_comes_has_no_latest():
    assert parse("0 0 0 31 2 *").latest(at("2026-11-21T00:00"), ZoneInfo("UTC")) is None


def watched(schedule: Schedule, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[str]:
    """Sit before the clock and call out what is due whenever it shows minutes never seen before."""
    moment, seen = start, start.astimezone(zone).replace(tzinfo=None)
    while moment < end:
        moment += MINUTE
        shown = moment.astimezone(zone).replace(tzinfo=None)
        due = False
        while seen < shown:
            seen += MINUTE
            due |= _is_due(schedule, seen)
        if due:
            yield moment.isoformat()


def _is_due(schedule: Schedule, wall: datetime) -> bool:
    dated = wall.day in schedule.days and wall.isoweekday() % 7 in schedule.weekdays
    return dated and wall.hour in schedule.hours and wall.minute in schedule.minutes


@pytest.mark.parametrize("expression", ["0 */5 * * * *", "0 30 1-2 * * *", "0 15 0-4/2 * * Sun"])
@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_somebody_who_watches_the_clock_calls_the_same_times(expression: str, zone: str, day: str):
    schedule, clock = parse(expression), ZoneInfo(zone)
    start = at(f"{day}T00:00") - timedelta(hours=20)
    end = start + timedelta(hours=60)
    due, found = list(watched(schedule, clock, start, end)), []
    moment = schedule.next(start, clock)
    while moment and moment <= end:
        assert schedule.latest(moment, clock) == moment
        assert schedule.latest(moment + timedelta(seconds=59), clock) == moment
        found.append(moment.isoformat())
        moment = schedule.next(moment, clock)
    assert found == due
