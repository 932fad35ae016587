"""What one monitor's windows make of its incident, under any policy."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decisions.incidents import Incident, Seen, Watch, step
from decisions.policies import DriftPolicy
from tests.decisions.life import NOW

DEFAULT = DriftPolicy()
EVERY_WINDOW = DriftPolicy(raise_after=1, of_last=1, clear_after=1, cooldown=timedelta())
LETTERS = {"d": ("drifted", False), "s": ("stable", False), "c": ("stable", True)}


def story(letters: str, policy: DriftPolicy = DEFAULT, hours: int = 1) -> list[Watch]:
    """The watch after each window: drifted, stable, calm, ? unknown; V is another version."""
    watch, version, watches = Watch(), 1, []
    for number, letter in enumerate(letters):
        if letter == "V":
            version += 1
            continue
        now = NOW + number * timedelta(hours=hours)
        verdict, calm = LETTERS.get(letter, ("unknown", False))
        seen = Seen(window=str(number), version=str(version), verdict=verdict, calm=calm)  # type: ignore[arg-type] # One of the three words.
        would_be = Incident(
            id=f"inc-{number}", monitor="m", window=str(number), raised=now, cause=f"drift/{number}"
        )
        watch = step(watch, seen, would_be, policy, now)
        watches.append(watch)
    return watches


def ids(watches: list[Watch]) -> list[str]:
    """The open incident after each window, without its prefix; - when there is none."""
    return [one.incident.id.removeprefix("inc-") if one.incident else "-" for one in watches]


@pytest.mark.parametrize(
    ("letters", "open_ones"),
    [
        ("ddd", "-11"),
        ("dsd", "--2"),
        ("dssd", "----"),
        ("dds", "-11"),
        ("ddccc", "-111-"),
        ("ddccscc", "-111111"),
        ("ddcc?c", "-1111-"),
        ("d?d", "--2"),
        ("d????d", "-----5"),
        ("dVd", "--"),
        ("dVdd", "--3"),
        ("ddVccc", "-111-"),
        ("ddccVc", "-1111"),
    ],
    ids=[
        "two of three raise",
        "two of three with one between",
        "two of four do not",
        "a stable one does not end it",
        "three calm ones end it",
        "calm ones in a row only",
        "an unknown one is no calm one, and breaks no row",
        "an unknown one between two drifted ones does not hide them",
        "many unknown ones do not either",
        "another version is another reference",
        "two windows of the other version",
        "the other version clears",
        "by its own calm windows",
    ],
)
def test_windows_raise_and_clear_as_the_policy_says(letters: str, open_ones: str):
    assert "".join(ids(story(letters))) == open_ones


def test_newest_window_has_to_have_drifted():
    policy = DriftPolicy(raise_after=2, of_last=3)
    watch = story("dd", policy)[-1]
    fresh = replace(watch, incident=None)
    stable = Seen(window="9", version="1", verdict="stable")
    would_be = Incident(id="i", monitor="m", window="9", raised=NOW, cause="c")
    assert step(fresh, stable, would_be, policy, NOW).incident is None


def test_no_incident_is_raised_within_the_cooldown():
    assert ids(story("ddccc" + "d" * 25))[:27] == ["-", "1", "1", "1", *["-"] * 23]
    assert ids(story("ddccc" + "d" * 30))[-1] == "28"


def test_every_window_can_be_an_incident_of_its_own():
    assert ids(story("dcdc", EVERY_WINDOW)) == ["0", "-", "2", "-"]


def test_people_are_told_of_unknown_windows_once():
    assert [one.lost for one in story("s??s?")] == [False, True, True, False, True]


def test_memory_of_windows_is_bounded():
    assert len(story("sd" * 100)[-1].recent) == 30


@given(st.text("dsc?V", max_size=60), st.integers(1, 4), st.integers(1, 5), st.integers(1, 4))
def test_incidents_never_overlap_and_keep_their_ids(letters: str, k: int, n: int, m: int):
    policy = DriftPolicy(raise_after=k, of_last=n, clear_after=m, cooldown=timedelta(hours=5))
    found: list[Any] = [one.incident for one in story(letters, policy)]
    changes = [one for before, one in zip([None, *found], found, strict=False) if one != before]
    raised = [one for one in changes if one]
    assert len({one.id for one in raised}) == len(raised)
    gaps = [one is None for one in changes]
    assert all(a != b for a, b in pairwise(gaps)), "one is over before another"
    times = [one.raised for one in raised]
    assert all(b - a > policy.cooldown for a, b in pairwise(times))


@given(st.lists(st.sampled_from("ds"), min_size=30, max_size=30))
def test_score_that_swings_about_its_threshold_makes_one_incident_at_most(letters: list[str]):
    raised = {one for one in ids(story("".join(letters))) if one != "-"}
    assert len(raised) <= 1
