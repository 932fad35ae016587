"""Columns from arrays of every type."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest

from drift.build import categorical, numeric


@pytest.mark.parametrize("kind", ["f8", "f4", "f2", "i8", "u1", "i2", ">f8"])
def test_numbers_of_every_width_are_sorted(kind: str) -> None:
    column = numeric("x", np.array([3, 1, 2], dtype=kind))
    assert column.values.tolist() == [1.0, 2.0, 3.0]
    assert (column.low, column.high, column.mean) == (1.0, 3.0, 2.0)


def test_what_is_no_finite_number_is_counted() -> None:
    column = numeric("x", np.array([1.0, np.nan, np.inf, -np.inf, 2.0, np.nan]))
    assert column.values.tolist() == [1.0, 2.0]
    assert (column.rows, column.missing, column.infinite, column.finite) == (6, 2, 2, 2)


def test_mixed_types_are_numbers_or_invalid() -> None:
    column = numeric("x", [1, True, 2.5, None, "3", b"4", [5], Decimal(6), 10**400, -(10**400)])
    assert column.values.tolist() == [1.0, 1.0, 2.5, 6.0]
    assert (column.missing, column.invalid, column.infinite) == (1, 3, 2)


def test_masked_values_are_missing() -> None:
    masked = np.ma.array([1, 2, 3], mask=[False, True, False])
    assert (numeric("x", masked).values.tolist(), numeric("x", masked).missing) == ([1.0, 3.0], 1)
    assert categorical("x", masked).items == {"1": 1, "3": 1}


def test_dates_are_seconds_in_utc() -> None:
    hour = dt.timezone(dt.timedelta(hours=1))
    column = numeric("x", [dt.date(1970, 1, 2), dt.datetime(1970, 1, 1, 2, tzinfo=hour), None])
    assert (column.kind, column.values.tolist(), column.missing) == ("date", [3600.0, 86400.0], 1)


def test_array_of_dates_has_missing_ones() -> None:
    column = numeric("x", np.array(["1970-01-01T00:00:01.5", "NaT"], dtype="M8[ns]"))
    assert (column.kind, column.values.tolist(), column.missing) == ("date", [1.5], 1)


def test_column_of_text_has_no_numbers() -> None:
    column = numeric("x", np.array(["a", "b"]))
    assert (column.invalid, column.low, column.std) == (2, None, None)


def test_values_too_far_apart_have_no_deviation() -> None:
    column = numeric("x", [-1.7e308, 1.7e308])
    assert (column.low, column.std) == (-1.7e308, None)


def test_arrays_stay_as_they_are() -> None:
    values = np.array([3.0, 1.0, 2.0])
    numeric("x", values)
    assert values.tolist() == [3.0, 1.0, 2.0]


def test_matrix_is_no_column() -> None:
    for build in (numeric, categorical):
        with pytest.raises(ValueError, match="one dimension, not 2"):
            build("x", np.ones((2, 2)))


def test_categories_of_several_types_are_text() -> None:
    column = categorical("x", ["1", 1, dt.date(2026, 1, 2), "", None, math.nan, 1.5, [1], True])
    assert column.items == {"1": 2, "2026-01-02": 1, "": 1, "true": 1}
    assert (column.kind, column.missing, column.invalid) == ("categorical", 2, 2)


def test_false_and_true_make_a_boolean_column() -> None:
    for values in ([True, None, False], np.array([True, False])):
        column = categorical("x", values)
        assert (column.kind, column.items) == ("boolean", {"true": 1, "false": 1})


def test_columns_without_rows_are_possible() -> None:
    assert numeric("x", []).rows == categorical("x", []).rows == 0
