"""The exact paired test against published figures and an independent implementation."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from scoring.paired import mcnemar_p_value, paired_accuracy, share_bound


def table(
    both: int, only_challenger: int, only_champion: int, neither: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    counts = [both, only_challenger, only_champion, neither]
    return (
        np.repeat([True, True, False, False], counts),
        np.repeat([True, False, True, False], counts),
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "two_sided"),
    [(121, 59, 0.000004), (70, 59, 0.378688), (80, 59, 0.089452), (60, 30, 0.00206)],
)
def test_p_values_are_those_that_statsmodels_publishes(ours: int, theirs: int, two_sided: float):
    # statsmodels, stats/tests/test_nonparametric.py, computed there by Vassar College's page.
    assert 2 * mcnemar_p_value(ours, theirs) == pytest.approx(two_sided, abs=1e-6)


def test_p_value_is_the_one_that_mlxtend_publishes():
    # mlxtend, evaluate/tests/test_mcnemar.py, to all digits.
    assert 2 * mcnemar_p_value(121, 59) == pytest.approx(4.4344492637555101e-06, rel=1e-12)


def test_bound_of_the_published_example_of_armitage_and_berry():
    # StatsDirect prints for 12 against 2: P (two sided) = 0.0129, and the exact 95 % interval of
    # the ratio θ / (1 - θ) from 1.335744.
    share = share_bound(12, 2, 0.975)
    assert share / (1 - share) == pytest.approx(1.335744, abs=1e-6)
    assert 2 * mcnemar_p_value(12, 2) == pytest.approx(0.0129, abs=5e-5)


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (0, 4), (1, 0), (5, 0), (12, 2), (150, 140)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_bound_and_p_value_equal_those_of_scipy(wins: int, losses: int, confidence: float):
    found = paired_accuracy(*table(200, wins, losses, 10), confidence)
    rows = 210 + wins + losses
    if wins + losses == 0:
        assert (found.gain, found.lower, found.p_value) == (0, 0, 1)
        return
    test = binomtest(wins, wins + losses, alternative="greater")
    low = test.proportion_ci(confidence, method="exact").low
    assert found.p_value == pytest.approx(test.pvalue, rel=1e-9)
    assert found.lower == pytest.approx((2 * low - 1) * (wins + losses) / rows, rel=1e-9)


def test_bound_is_above_zero_exactly_when_the_test_rejects():
    for wins in range(25):
        for losses in range(25):
            found = paired_accuracy(*table(5, wins, losses, 5), 0.95)
            assert found.lower is not None
            assert (found.lower > 0) == (found.p_value < 0.05)


def test_counts_the_fourfold_table():
    found = paired_accuracy(*table(40, 7, 3, 50), 0.95)
    assert (found.rows, found.both_right, found.only_challenger, found.only_champion) == (
        100,
        40,
        7,
        3,
    )
    assert math.isclose(found.gain, 0.04)


def test_no_bound_is_given_when_nobody_asks_for_one():
    assert paired_accuracy(*table(5, 4, 0, 1), 0.0).lower is None


def test_rows_that_are_not_paired_are_refused():
    with pytest.raises(ValueError, match="paired rows needed"):
        paired_accuracy(np.array([True]), np.array([True, False]), 0.95)
