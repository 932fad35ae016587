"""Schedules, held against the test data of the original implementations."""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from decisions.ncrontab import parse

VECTORS = json.loads(
    (Path(__file__).parents[1] / "specs/functions-host/ncrontab-vectors.json").read_text()
)


def _words(vector: dict[str, Any]) -> str:
    return " ".join(f"{value}" for value in vector.values())


@pytest.mark.parametrize("vector", VECTORS["next_occurrence"], ids=_words)
def test_next_occurrence_is_that_of_the_original(vector: dict[str, str]):
    found = parse(vector["expr"]).next_after(datetime.fromisoformat(vector["start"]))
    assert found == datetime.fromisoformat(vector["next"])


@pytest.mark.parametrize("vector", VECTORS["no_occurrence_between"], ids=_words)
def test_nothing_occurs_before_the_end(vector: dict[str, str]):
    found = parse(vector["expr"]).next_after(datetime.fromisoformat(vector["start"]))
    assert found is not None
    assert found >= datetime.fromisoformat(vector["end"])


@pytest.mark.parametrize("vector", VECTORS["equivalent"], ids=_words)
def test_two_spellings_are_one_schedule(vector: dict[str, str]):
    assert parse(vector["expr"]) == parse(vector["equivalent"])


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=_words)
def test_invalid_expression_is_refused(vector: dict[str, str]):
    with pytest.raises(ValueError, match="was not recognized as a valid cron expression"):
        parse(vector["expr"])


@pytest.mark.parametrize(
    "expression",
    ["0 60 * * * *", "0 0 0 * * 7", "0 5-3 * * * *", "0 */0 * * * *", "0 0 0 1 , *", "0 0 ² * * *"],
)
def test_values_outside_their_field_are_refused(expression: str):
    with pytest.raises(ValueError, match="was not recognized as a valid cron expression"):
        parse(expression)


@pytest.mark.parametrize("vector", VECTORS["never"], ids=_words)
def test_a_day_that_never_comes_has_no_occurrence(vector: dict[str, str]):
    assert parse(vector["expr"]).next_after(datetime(2026, 11, 21)) is None  # noqa: DTZ001 - Vectors have no zone.


def test_weekdays_follow_one_another():
    vector = VECTORS["weekday_list"]
    schedule = parse(vector["expr"])
    instants = [vector["start"], *vector["next_days"]]
    for before, after in pairwise(map(datetime.fromisoformat, instants)):
        assert schedule.next_after(before) == after


@pytest.mark.parametrize("vector", VECTORS["use_monitor_disabled"], ids=_words)
def test_only_schedules_within_a_minute_go_unmonitored(vector: dict[str, Any]):
    assert parse(vector["expr"]).within_a_minute is vector["disabled"]


def test_leap_day_on_a_monday_is_found_decades_later():
    found = parse("0 0 0 29 2 Mon").next_after(datetime(2072, 3, 1))  # noqa: DTZ001 - As above.
    assert found == datetime(2112, 2, 29)  # noqa: DTZ001 - As above.
