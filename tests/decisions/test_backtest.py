"""Windows of the past under another policy: what would have been raised, and trained for."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decisions.backtest import NEVER, Episode, Outcome, Past, every_window
from decisions.backtest import replay as replay_past
from decisions.incidents import Seen
from decisions.policies import DriftPolicy, ModelPolicy
from tests.decisions.life import NOW, POLICY

HOUR = timedelta(hours=1)
WORDS = {"d": ("drifted", False), "s": ("stable", False), "c": ("stable", True)}
ONE_A_DAY = replace(POLICY, retrain=replace(POLICY.retrain, max_per_day=1))
EAGER = DriftPolicy(raise_after=1, of_last=1, clear_after=1, cooldown=timedelta())


def past(letters: str) -> list[Past]:
    """An hour a letter: drifted, stable, calm, or ? unknown."""
    windows = []
    for number, letter in enumerate(letters):
        verdict, calm = WORDS.get(letter, ("unknown", False))
        seen: Any = {"window": str(number), "version": "1", "verdict": verdict, "calm": calm}
        windows.append(Past(end=NOW + number * HOUR, seen=Seen(**seen)))
    return windows


def replay(letters: str, rule: DriftPolicy, policy: ModelPolicy = POLICY) -> Outcome:
    return replay_past(past(letters), rule, policy)


def test_incidents_are_those_that_the_policy_would_have_raised():
    outcome = replay("sddcccsd", DriftPolicy())
    assert outcome == Outcome(
        alarms=3,
        unknown=0,
        incidents=(Episode(raised=NOW + 2 * HOUR, cleared=NOW + 5 * HOUR),),
        retrainings=1,
    )


def test_incident_that_is_open_at_the_end_has_no_end():
    assert replay("dd", DriftPolicy()).incidents == (Episode(raised=NOW + HOUR),)


def test_unknown_windows_are_counted_and_raise_nothing():
    outcome = replay("d??", DriftPolicy())
    assert (outcome.alarms, outcome.unknown, outcome.incidents) == (1, 2, ())


@pytest.mark.parametrize(
    ("letters", "policy", "retrainings"),
    [("dcdcd", POLICY, 3), ("dcdcd", ONE_A_DAY, 2), ("d" + 24 * "s" + "cd", ONE_A_DAY, 2)],
    ids=["all of one day", "two of three coalesce to one on the next day", "one on each day"],
)
def test_trainings_above_a_days_limit_are_one_on_the_next_day(
    letters: str, policy: ModelPolicy, retrainings: int
):
    assert replay(letters, EAGER, policy).retrainings == retrainings


def test_nothing_is_trained_for_drift_that_is_no_reason_to_train():
    deaf = replace(POLICY, retrain=replace(POLICY.retrain, on=("new_data",)))
    assert replay("dd", DriftPolicy(), deaf).retrainings == 0
    assert len(replay("dd", DriftPolicy(), deaf).incidents) == 1


def test_baseline_of_every_window_trains_for_each_that_drifted():
    outcome = every_window(past("dsdd?"), POLICY)
    assert (outcome.alarms, len(outcome.incidents), outcome.retrainings) == (3, 3, 3)


def test_baseline_of_never_has_nothing():
    assert (NEVER.alarms, NEVER.incidents, NEVER.retrainings) == (0, (), 0)
