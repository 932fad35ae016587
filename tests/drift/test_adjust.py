"""Adjusted p-values against SciPy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from drift.adjust import adjust

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=50)


@given(p_values)
def test_benjamini_hochberg_equals_scipy(values: list[float]) -> None:
    assert adjust(values, "benjamini_hochberg") == pytest.approx(false_discovery_control(values))


@given(p_values)
def test_bonferroni_never_says_less_than_benjamini_hochberg(values: list[float]) -> None:
    both = zip(adjust(values, "bonferroni"), adjust(values, "benjamini_hochberg"), strict=True)
    assert all(strict >= mild - 1e-12 for strict, mild in both)


def test_bonferroni_multiplies_by_the_number_of_tests() -> None:
    assert adjust([0.25, 0.5, 0.0], "bonferroni") == (0.75, 1.0, 0.0)


def test_no_adjustment_leaves_p_values_as_they_are() -> None:
    assert adjust([0.3, 0.1], "none") == (0.3, 0.1)


def test_no_p_values_are_adjusted_to_none() -> None:
    assert adjust([], "benjamini_hochberg") == ()
