"""Columns from arrays, read whole: nothing is left out, so that every statistic is exact."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from drift.columns import Categorical, Numbers, Numeric

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def numeric(name: str, array: Iterable[object]) -> Numeric:
    """A column of numbers or dates, of any length (n,).

    Numbers are those of NumPy and Python, false and true count as 0 and 1. Dates become seconds
    since 1970, in UTC if they name no time zone. None, NaN and NaT are missing; anything else is
    invalid. A masked value is missing. The array is copied and sorted once.

    >>> column = numeric("age", [31, None, float("inf"), "old", 28])
    >>> column.values, column.missing, column.infinite, column.invalid
    (array([28., 31.]), 1, 1, 1)
    """
    values = _array(array)
    kind: Literal["numeric", "date"] = "numeric"
    invalid = 0
    if values.dtype.kind == "M":
        kind, numbers = "date", _seconds(values)
    elif values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
    else:
        parsed = [_number(value) for value in values.tolist()]
        kept = [value for value in parsed if value is not None]
        invalid = len(parsed) - len(kept)
        numbers = np.array(kept, dtype=np.float64)
        if any(isinstance(value, dt.date) for value in values.tolist()):
            kind = "date"
    return _sorted(name, kind, numbers, invalid)


def categorical(name: str, array: Iterable[object]) -> Categorical:
    """A column of categories, of any length (n,).

    Text stands for itself, whole numbers and dates for their text, booleans for `false` and `true`.
    None, NaN and NaT are missing, anything else is invalid.

    >>> categorical("plan", ["free", "paid", None, "free"]).items
    {'free': 2, 'paid': 1}
    """
    values = _array(array)
    kind: Literal["categorical", "boolean"] = (
        "boolean" if values.dtype.kind == "b" else "categorical"
    )
    counts = Counter(_hashed(value) for value in values.tolist())
    items: Counter[str] = Counter()
    missing = invalid = 0
    for value, rows in counts.items():
        text = _text(value)
        if value is None:
            missing += rows
        elif text is None:
            invalid += rows
        else:
            items[text] += rows
    rows = len(values)
    return Categorical(
        name=name, kind=kind, rows=rows, missing=missing, invalid=invalid, items=dict(items)
    )


def _array(values: Iterable[object]) -> "np.ndarray[tuple[int], Any]":
    """One dimension, of a type of its own only if all values have it."""
    if isinstance(values, np.ma.MaskedArray):
        values = values.astype(object).filled(None)
    if isinstance(values, np.ndarray):
        if values.ndim != 1:
            message = f"a column has one dimension, not {values.ndim}"
            raise ValueError(message)
        return values
    listed = list(values)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    if listed and all(type(value) is bool for value in listed):
        return array.astype(np.bool_)
    return array


def _sorted(name: str, kind: Literal["numeric", "date"], numbers: Numbers, invalid: int) -> Numeric:
    """Sorted in place, infinities go to the ends and NaN behind them."""
    rows = len(numbers) + invalid
    numbers.sort()
    first, last, end = numbers.searchsorted([-math.inf, math.inf, math.nan], side="left")
    first = numbers.searchsorted(-math.inf, side="right")
    finite = numbers[first:last]
    if not len(finite):
        return Numeric(
            name=name,
            kind=kind,
            rows=rows,
            missing=len(numbers) - int(end),
            invalid=invalid,
            infinite=int(end),
            values=finite,
        )
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(finite.mean()), float(finite.std())
    return Numeric(
        name=name,
        kind=kind,
        rows=rows,
        missing=len(numbers) - int(end),
        invalid=invalid,
        infinite=int(end) - len(finite),
        values=finite,
        low=float(finite[0]),
        high=float(finite[-1]),
        mean=mean if math.isfinite(mean) else None,
        std=std if math.isfinite(std) else None,
    )


def _seconds(dates: "np.ndarray[tuple[int], np.dtype[np.datetime64]]") -> Numbers:
    """Dates as seconds since 1970; none is NaN."""
    seconds = dates.astype("datetime64[us]").astype(np.int64) / 1e6
    seconds[np.isnat(dates)] = math.nan
    return seconds


def _number(value: object) -> float | None:
    """A value as a number, NaN if there is none, None if it is of another type."""
    if value is None:
        return math.nan
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return _real(value)
    if isinstance(value, np.datetime64):
        return float(_seconds(np.array([value]))[0])
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return (moment - _EPOCH).total_seconds()
    if isinstance(value, dt.date):
        return float((value - _EPOCH.date()).days * 86_400)
    return None


def _real(value: Any) -> float | None:
    """A number of any size; whole ones too large for a float are infinite."""
    if isinstance(value, np.complexfloating):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _hashed(value: object) -> object:
    """A value as a key: None if it is missing; 1, 1.0 and true are equal, but not the same."""
    if value is None or value != value or (isinstance(value, np.datetime64) and np.isnat(value)):
        return None
    if isinstance(value, str):
        return value
    return (type(value), _text(value))


def _text(value: object) -> str | None:
    """The category that a value stands for, if any."""
    if isinstance(value, tuple):
        return value[1] if value[1] is None else str(value[1])
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer | dt.date | np.datetime64):
        return str(value)
    return None
