"""What the two windows of one column say together."""

import math

import numpy as np
import pytest

from drift.build import categorical, numeric
from drift.columns import Column, Empty
from drift.compare import compare

NUMERIC = {"psi", "ks", "wasserstein", "jensen_shannon", "unusable"}
CATEGORICAL = {"psi", "jensen_shannon", "total_variation", "chi_square", "unseen", "unusable"}


def test_numbers_have_every_statistic_of_numbers() -> None:
    compared = compare(numeric("x", range(50)), numeric("x", range(50)))
    assert set(compared.statistics) == NUMERIC
    assert compared.kind == "numeric"


def test_categories_have_every_statistic_of_categories() -> None:
    compared = compare(categorical("x", "ab"), categorical("x", "ab"))
    assert set(compared.statistics) == CATEGORICAL


def test_dates_are_compared_as_numbers() -> None:
    days = np.arange("2026-01-01", "2026-02-01", dtype="datetime64[D]")
    compared = compare(numeric("x", days), numeric("x", days + 31))
    assert (compared.kind, compared.statistics["ks"].value) == ("date", 1.0)


def test_equal_windows_have_no_effect_and_are_chance() -> None:
    compared = compare(numeric("x", range(50)), numeric("x", range(50)))
    assert (compared.effect, compared.p_value) == (0.0, 1.0)


def test_effect_counts_rows_that_went_missing() -> None:
    reference = numeric("x", range(1000))
    current = numeric("x", [None if at % 2 else at for at in range(1000)])
    compared = compare(reference, current)
    assert compared.effect == 0.5
    assert compared.p_value is not None
    assert compared.p_value < 1e-9


def test_two_tests_of_one_column_double_its_p_value() -> None:
    reference = numeric("x", [*range(100), *[None] * 20])
    compared = compare(reference, numeric("x", [*range(20, 120), *[None] * 20]))
    assert compared.p_value == pytest.approx(2 * (compared.statistics["ks"].p_value or 0))


def test_rare_categories_alone_are_never_significant() -> None:
    reference = categorical("x", [f"a{at}" for at in range(500)])
    compared = compare(reference, categorical("x", [f"b{at}" for at in range(500)]))
    assert compared.p_value is not None
    assert compared.p_value > 0.1 or compared.effect == 1.0


@pytest.mark.parametrize(
    ("current", "problem"),
    [
        (categorical("x", ["a"]), "numeric in the reference and categorical in the current"),
        (numeric("x", np.array(["2026-01-01"], "M8[D]")), "numeric in the reference and date"),
        (numeric("x", []), "the current window has no rows"),
        (Empty(name="x", rows=0), "the current window has no rows"),
    ],
    ids=["categories", "dates", "no rows", "empty without rows"],
)
def test_windows_that_cannot_be_compared_say_why(current: Column, problem: str) -> None:
    compared = compare(numeric("x", [1.0]), current)
    assert problem in (compared.problem or "")
    assert compared.statistics == {}


def test_reference_without_rows_is_a_problem() -> None:
    assert compare(numeric("x", []), numeric("x", [1])).problem == "the reference has no rows"


@pytest.mark.parametrize("whole", [numeric("x", range(50)), categorical("x", ["a"] * 50)])
def test_column_that_lost_all_values_moved_wholly(whole: Column) -> None:
    gone = Empty(name="x", rows=50)
    for compared in (compare(whole, gone), compare(gone, whole)):
        assert compared.effect == 1.0
        assert compared.kind == whole.kind
        assert (compared.statistics["psi"].value or 0) > 1


def test_two_empty_columns_agree() -> None:
    compared = compare(Empty(name="x", rows=9), Empty(name="x", rows=5))
    assert (compared.kind, compared.effect, compared.problem) == ("empty", 0.0, None)


def test_shares_tell_missing_invalid_infinite_and_outside() -> None:
    current = numeric("x", [None, "a", math.inf, -5, 2, 3, 4, 99, 5, 6])
    shares = compare(numeric("x", range(10)), current).current
    assert (shares.missing, shares.invalid, shares.infinite) == (0.1, 0.1, 0.1)
    assert shares.outside == pytest.approx(0.2)


def test_histogram_holds_the_bulk_of_both_windows() -> None:
    far = [*range(1000), 10**9]
    bins = compare(numeric("x", range(1000)), numeric("x", far)).bins
    assert bins is not None
    assert bins.edges[-1] < 1001
    assert len(bins.edges) == len(bins.reference) + 1
    assert sum(bins.reference) == pytest.approx(1.0, abs=0.02)


def test_constant_has_a_histogram_around_it() -> None:
    bins = compare(numeric("x", [3.0] * 9), numeric("x", [3.0] * 9)).bins
    assert bins is not None
    assert bins.edges[0] < 3 < bins.edges[-1]
    assert sum(bins.current) == pytest.approx(1.0)


def test_bars_show_categories_and_what_is_none() -> None:
    bins = compare(categorical("x", ["a", "a", "b", None]), categorical("x", ["a", "c"])).bins
    assert bins is not None
    assert dict(zip(bins.labels, bins.reference, strict=True)) == {
        "a": 0.5,
        "b": 0.25,
        "c": 0.0,
        "(missing)": 0.25,
    }


def test_bars_of_many_categories_add_up() -> None:
    many = categorical("x", [f"c{at}" for at in range(300)])
    bins = compare(many, many).bins
    assert bins is not None
    assert bins.labels[-1] == "(other)"
    assert sum(bins.current) == pytest.approx(1.0)
