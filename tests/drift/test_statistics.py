"""Every statistic against SciPy, and the laws that hold for any two windows."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import distance
from scipy.stats import chi2_contingency, ks_2samp, wasserstein_distance

from drift.build import categorical, numeric
from drift.columns import Column, Empty, Numeric
from drift.results import Figure
from drift.statistics import (
    chi_square,
    jensen_shannon,
    ks,
    psi,
    total_variation,
    unseen,
    unusable,
    wasserstein,
)
from tests.drift.sketches import counted, cutting, numbers, sketched, texts

Statistic = Callable[[Any, Any], Figure]
Array = np.ndarray[tuple[int], np.dtype[np.float64]]
GENERATOR = np.random.default_rng(20261121)
SHAPES = {
    "equal lengths": (GENERATOR.normal(size=4000), GENERATOR.normal(0.2, 1.1, 4000)),
    "unequal lengths": (GENERATOR.normal(size=5000), GENERATOR.normal(0.1, 1, 3333)),
    "a short reference": (GENERATOR.normal(size=7), GENERATOR.normal(size=5000)),
    "whole numbers with ties": (GENERATOR.poisson(3, 2000), GENERATOR.poisson(4, 2500)),
    "nothing in common": (GENERATOR.uniform(0, 1, 300), GENERATOR.uniform(5, 6, 200)),
    "heavy tails": (GENERATOR.standard_cauchy(3000), GENERATOR.standard_cauchy(3000)),
    "two rows each": (np.array([1.0, 1.5]), np.array([1.2, 2.0])),
    "more than one block": (GENERATOR.normal(size=40_000), GENERATOR.normal(size=50_001)),
}
shaped = pytest.mark.parametrize(("a", "b"), SHAPES.values(), ids=SHAPES.keys())


def of(figure: Figure) -> float:
    """The value of a figure that has to have one."""
    assert figure.value is not None
    return figure.value


@shaped
def test_kolmogorov_smirnov_equals_scipy(a: Array, b: Array) -> None:
    figure, expected = ks(numeric("x", a), numeric("x", b)), ks_2samp(a, b, method="asymp")
    assert figure.value == pytest.approx(expected.statistic, abs=1e-9)
    assert figure.p_value == pytest.approx(expected.pvalue, abs=1e-9)
    assert figure.error == 0


@shaped
def test_wasserstein_in_standard_deviations_equals_scipy(a: Array, b: Array) -> None:
    figure = wasserstein(numeric("x", a), numeric("x", b))
    if a.std() == 0:
        assert figure.value is None
    else:
        expected = wasserstein_distance(a, b) / a.std()
        assert figure.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@shaped
def test_jensen_shannon_of_deciles_equals_scipy(a: Array, b: Array) -> None:
    deciles = np.unique(np.quantile(a, np.arange(1, 10) / 10, method="inverted_cdf"))
    below = [np.nextafter(a.min(), -np.inf)] if deciles[0] == a.min() else []
    edges = np.concatenate(([-np.inf], below, deciles, [np.inf]))
    shares = [[np.mean((x > p) & (x <= q)) for p, q in pairwise(edges)] for x in (a, b)]
    figure = jensen_shannon(numeric("x", a), numeric("x", b))
    assert figure.value == pytest.approx(
        distance.jensenshannon(shares[0], shares[1], base=2), abs=1e-9
    )


@given(texts, texts)
def test_chi_square_equals_scipy_for_any_categories(a: list[str], b: list[str]) -> None:
    names = sorted({*a, *b})
    table = [[window.count(name) for name in names] for window in (a, b)]
    expected = chi2_contingency(table, correction=False)
    figure = chi_square(categorical("x", a), categorical("x", b))
    assert figure.value == pytest.approx(expected.statistic, abs=1e-9)
    assert figure.p_value == pytest.approx(expected.pvalue, abs=1e-9)


@given(numbers, numbers)
def test_kolmogorov_smirnov_equals_scipy_for_any_numbers(a: list[float], b: list[float]) -> None:
    figure, expected = ks(numeric("x", a), numeric("x", b)), ks_2samp(a, b, method="asymp")
    assert figure.value == pytest.approx(expected.statistic, abs=1e-12)


def test_kolmogorov_smirnov_looks_between_its_coarse_points() -> None:
    a, b = np.linspace(0, 1, 200_001), np.linspace(0, 1, 200_001)
    b[100_040:100_100] = b[100_100]
    assert ks(numeric("x", a), numeric("x", b)).value == ks_2samp(a, b, method="asymp").statistic


@given(numbers, numbers)
def test_psi_is_never_negative_and_nothing_for_equal(a: list[float], b: list[float]) -> None:
    reference, current = numeric("x", a), numeric("x", b)
    assert of(psi(reference, current)) >= 0
    assert psi(reference, reference).value == 0


@given(texts, texts)
def test_distances_of_categories_are_symmetric_and_bounded(a: list[str], b: list[str]) -> None:
    one, other = categorical("x", a), categorical("x", b)
    for statistic in (jensen_shannon, total_variation):
        assert 0 <= of(statistic(one, other)) <= 1
        assert statistic(one, other).value == pytest.approx(statistic(other, one).value)
        assert statistic(one, one).value == 0


def test_psi_counts_an_empty_bin_as_epsilon() -> None:
    reference = categorical("x", ["a"] * 100)
    figure = psi(reference, categorical("x", ["a"] * 95 + ["b"] * 5))
    seen = (0.95 - 1) * math.log(0.95)
    assert figure.value == pytest.approx(seen + (0.05 - 1e-4) * math.log(0.05 / 1e-4))


def test_psi_sees_what_is_smaller_than_many_equal_values() -> None:
    reference = numeric("x", [0.0] * 500 + list(range(1, 501)))
    assert of(psi(reference, numeric("x", [-1.0] * 500 + list(range(1, 501))))) > 1


def test_psi_sees_values_that_went_missing_or_broke() -> None:
    reference = numeric("x", range(100))
    for value in (None, math.inf, "broken"):
        current = numeric("x", [value if at % 2 else at for at in range(100)])
        assert of(psi(reference, current)) > 1


def test_psi_puts_all_unseen_categories_in_one_bin() -> None:
    reference = categorical("x", ["a"] * 90 + ["b"] * 10)
    one = categorical("x", ["a"] * 90 + ["c"] * 10)
    many = categorical("x", ["a"] * 90 + list("cdefghijkl"))
    assert psi(reference, one).value == pytest.approx(psi(reference, many).value)


BOUNDED: dict[str, Statistic] = {
    "psi": psi,
    "ks": ks,
    "wasserstein": wasserstein,
    "jensen_shannon": jensen_shannon,
}


@pytest.mark.parametrize("statistic", BOUNDED.values(), ids=BOUNDED.keys())
@settings(max_examples=300, deadline=None)
@given(numbers, numbers, cutting, cutting, st.integers(0, 9))
def test_profile_of_numbers_is_off_by_its_bound_at_most(
    statistic: Statistic,
    a: list[float],
    b: list[float],
    cut_a: list[int],
    cut_b: list[int],
    pick: int,
) -> None:
    exact = statistic(numeric("x", a), numeric("x", b)).value
    sketches = sketched(a, cut_a, pick), sketched(b, cut_b, pick)
    for pair in (sketches, (sketches[0], numeric("x", b)), (numeric("x", a), sketches[1])):
        figure = statistic(*pair)
        assert (figure.value is None) == (exact is None) or not figure.error
        if exact is not None and figure.value is not None:
            assert abs(figure.value - exact) <= figure.error + 1e-9
            assert figure.at_least <= exact + 1e-9


COUNTED: dict[str, Statistic] = {
    "psi": psi,
    "jensen_shannon": jensen_shannon,
    "total_variation": total_variation,
    "chi_square": chi_square,
    "unseen": unseen,
}


@pytest.mark.parametrize("statistic", COUNTED.values(), ids=COUNTED.keys())
@settings(max_examples=300, deadline=None)
@given(texts, texts, st.integers(1, 12), st.integers(1, 12), st.integers(0, 3))
def test_profile_of_categories_is_off_by_its_bound_at_most(
    statistic: Statistic, a: list[str], b: list[str], kept_a: int, kept_b: int, lost: int
) -> None:
    exact = of(statistic(categorical("x", a), categorical("x", b)))
    sketches = counted(a, kept_a, lost), counted(b, kept_b, lost)
    for pair in (sketches, (sketches[0], categorical("x", b)), (categorical("x", a), sketches[1])):
        figure = statistic(*pair)
        assert abs(of(figure) - exact) <= figure.error + 1e-9
        assert figure.at_least <= exact + 1e-9


def test_profile_of_many_categories_still_tells_what_moved_for_certain() -> None:
    names = [f"c{at}" for at in range(200)]
    reference = counted(names * 10 + ["big"] * 1000, 50, 0)
    figure = psi(reference, categorical("x", names * 10 + ["new"] * 1000))
    assert figure.error > (figure.value or 0) > figure.at_least > 2.5


def test_profile_never_promises_a_smaller_p_value() -> None:
    a, b = list(range(1000)), list(range(40, 1040))
    whole = ks(numeric("x", a), numeric("x", b))
    cut = ks(sketched(a, list(range(0, 60, 7)), 3), numeric("x", b))
    assert (cut.p_value or 0) >= (whole.p_value or 0) > 0


DATES = np.array(["2026-01-01", "2026-01-02", "NaT"], dtype="datetime64[D]")
ODD: dict[str, Column] = {
    "constant": numeric("x", [3.0] * 50),
    "without rows": numeric("x", []),
    "all missing": numeric("x", [None] * 50),
    "all infinite": numeric("x", [math.inf, -math.inf] * 25),
    "huge": numeric("x", [-1.7e308, 1.7e308] * 25),
    "tiny": numeric("x", [5e-324, 1e-323] * 25),
    "dates": numeric("x", DATES),
    "booleans as numbers": numeric("x", np.array([True, False] * 25)),
    "mixed types": numeric("x", [1, "a", None, 2.5, object(), 10**400] * 10),
    "empty": Empty(name="x", rows=50),
    "empty without rows": Empty(name="x", rows=0),
}


@pytest.mark.parametrize(
    "statistic", [psi, ks, wasserstein, jensen_shannon, total_variation, unusable]
)
@pytest.mark.parametrize("current", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("reference", ODD.values(), ids=ODD.keys())
def test_odd_numbers_have_defined_results(
    reference: Column, current: Column, statistic: Statistic
) -> None:
    figure = statistic(reference, current)
    assert figure.value is None or 0 <= figure.value < math.inf
    assert figure.p_value is None or 0 <= figure.p_value <= 1
    assert 0 <= figure.error < math.inf


LABELS: dict[str, Column] = {
    "single": categorical("x", ["a"] * 50),
    "without rows": categorical("x", []),
    "all missing": categorical("x", [None] * 50),
    "booleans": categorical("x", [True, False] * 25),
    "mixed types": categorical("x", [1, "1", 1.5, None, float("nan"), b"x", True] * 10),
    "empty": Empty(name="x", rows=50),
}


@pytest.mark.parametrize(
    "statistic", [psi, jensen_shannon, total_variation, chi_square, unseen, unusable]
)
@pytest.mark.parametrize("current", LABELS.values(), ids=LABELS.keys())
@pytest.mark.parametrize("reference", LABELS.values(), ids=LABELS.keys())
def test_odd_categories_have_defined_results(
    reference: Column, current: Column, statistic: Statistic
) -> None:
    figure = statistic(reference, current)
    assert figure.value is None or 0 <= figure.value < math.inf
    assert figure.p_value is None or 0 <= figure.p_value <= 1


def test_constant_reference_has_no_unit_of_distance() -> None:
    constant = numeric("x", [3.0] * 50)
    assert wasserstein(constant, constant).value == 0
    assert wasserstein(constant, numeric("x", [4.0] * 50)).value is None


def test_numbers_and_categories_have_no_bins_in_common() -> None:
    with pytest.raises(TypeError, match="numeric in the reference and categorical in the current"):
        psi(numeric("x", [1]), categorical("x", ["a"]))


def test_unseen_counts_rows_of_new_categories() -> None:
    reference = categorical("x", ["a", "b"])
    assert unseen(reference, categorical("x", ["c", "a", "d", None])).value == 0.5


def test_unusable_tells_missing_from_broken() -> None:
    missing = numeric("x", [None] * 50 + [1] * 50)
    assert unusable(missing, numeric("x", ["?"] * 50 + [1] * 50)).value == 0.5
    assert unusable(missing, missing).p_value == 1


def test_weights_count_as_so_many_equal_rows() -> None:
    reference = numeric("x", [1, 1, 1, 2, 5, 5])
    weighted = Numeric(
        name="x",
        rows=6,
        values=np.array([1.0, 2.0, 5.0]),
        weights=np.array([3, 1, 2]),
        low=1.0,
        high=5.0,
        mean=reference.mean,
        std=reference.std,
    )
    current = numeric("x", [1, 2, 2, 3, 4])
    for statistic in BOUNDED.values():
        figure, expected = statistic(weighted, current), statistic(reference, current)
        assert figure.value == pytest.approx(expected.value, abs=1e-12)
        assert figure.error == 0
