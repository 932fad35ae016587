"""The gate refuses whatever it cannot be sure of, and says why with both numbers."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions.gate import judge
from decisions.policies import GatePolicy
from tests.decisions.life import compared

SURE = GatePolicy(confidence=0.95)
BARE = GatePolicy(confidence=0)
NUMBERS = st.floats(-1, 1)


def duel(challenger: float, champion: float, lower: float | None = None) -> Any:
    return compared(
        challenger,
        lower,
        champion="2",
        champion_score=champion,
        gain=challenger - champion,
        confidence=0.95,
    )


def test_first_model_wins_against_nobody():
    assert judge(compared(0.84), SURE).sentence == (
        "Won: test_accuracy 0.8400 on 230 test rows, and there is no champion."
    )


def test_keeps_the_champion_on_a_tie():
    assert not judge(duel(0.9, 0.9, 0.0), BARE).won
    assert not judge(duel(0.9, 0.9, 0.0), SURE).won


def test_gain_within_chance_is_refused_with_both_numbers():
    verdict = judge(duel(0.91, 0.90, -0.02), SURE)
    assert not verdict.won
    assert verdict.sentence == (
        "Refused: test_accuracy 0.9100 on 230 test rows against 0.9000 of champion version 2; the "
        "gain of +0.0100 (at least -0.0200 with 95% confidence) is not above +0.0000."
    )


def test_gain_beyond_chance_wins():
    assert judge(duel(0.95, 0.84, 0.06), SURE).won


def test_bare_comparison_asks_for_no_bound():
    verdict = judge(duel(0.91, 0.90), BARE)
    assert verdict.won
    assert verdict.sentence.endswith("the gain of +0.0100 is above +0.0000.")


def test_gain_has_to_exceed_the_margin():
    policy = GatePolicy(confidence=0.95, min_gain=0.06)
    assert not judge(duel(0.95, 0.84, 0.06), policy).won
    assert judge(duel(0.95, 0.84, 0.0601), policy).won


@pytest.mark.parametrize(
    ("comparison", "reason"),
    [
        (compared(None), "Refused: test_accuracy is missing or no number."),
        (compared(math.nan), "Refused: test_accuracy is missing or no number."),
        (compared(math.inf), "Refused: test_accuracy is missing or no number."),
        (compared(0.9, incomparable="3 rows overlap"), "Refused: 3 rows overlap."),
        (
            compared(0.9, champion="2"),
            "Refused: champion version 2 has no test_accuracy on these rows.",
        ),
        (
            compared(0.9, champion="2", champion_score=math.nan, gain=0.1),
            "Refused: champion version 2 has no test_accuracy on these rows.",
        ),
        (duel(0.9, 0.8), "Refused: the gain has no confidence bound."),
        (duel(0.9, 0.8, math.nan), "Refused: the gain has no confidence bound."),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(comparison: Any, reason: str):
    assert judge(comparison, SURE) == type(judge(comparison, SURE))(won=False, sentence=reason)


@given(challenger=NUMBERS, champion=NUMBERS, lower=NUMBERS)
def test_no_challenger_with_a_bound_at_or_below_zero_ever_wins(
    challenger: float, champion: float, lower: float
):
    assert judge(duel(challenger, champion, lower), SURE).won is (lower > 0)
