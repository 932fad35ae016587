"""Columns from arrays, read whole: nothing is left out, so that every statistic is exact."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from drift.columns import Categorical, Numbers, Numeric
from drift.values import category, is_missing, number

Array = np.ndarray[tuple[int], np.dtype[Any]]


def numeric(name: str, array: Iterable[object]) -> Numeric:
    """A column of numbers or dates, of any length (n,).

    Numbers are those of NumPy and Python; false and true count as 0 and 1. Dates become seconds
    since 1970, in UTC if they name no time zone. None, NaN, NaT and masked values are missing;
    anything else is invalid. What is given is copied, and sorted once. Raises ValueError for an
    array of more than one dimension.

    >>> column = numeric("age", [31, None, float("inf"), "old", 28])
    >>> column.values, column.missing, column.infinite, column.invalid
    (array([28., 31.]), 1, 1, 1)
    """
    values = _array(array)
    if values.dtype.kind == "M":
        return _sorted(name, _seconds(values), rows=len(values), kind="date")
    if values.dtype.kind in "biuf":
        return _sorted(name, values.astype(np.float64), rows=len(values), kind="numeric")
    objects = values.tolist()
    parsed = (number(value) for value in objects)
    numbers = np.array([value for value in parsed if value is not None], dtype=np.float64)
    dates = any(hasattr(value, "isoformat") for value in objects)
    return _sorted(name, numbers, rows=len(objects), kind="date" if dates else "numeric")


def categorical(name: str, array: Iterable[object]) -> Categorical:
    """A column of categories, of any length (n,).

    Text stands for itself, whole numbers and dates for their text, booleans for `false` and `true`.
    None, NaN, NaT and masked values are missing; anything else is invalid. Raises ValueError for an
    array of more than one dimension.

    >>> categorical("plan", ["free", "paid", None, "free"]).items
    {'free': 2, 'paid': 1}
    """
    values = _array(array)
    objects = values.tolist()
    counts = Counter(objects if values.dtype.kind == "U" else map(category, objects))
    missing = counts.pop(None, 0)
    items = {item: rows for item, rows in counts.items() if isinstance(item, str)}
    yes_or_no = items and all(isinstance(value, bool) or is_missing(value) for value in objects)
    return Categorical(
        name=name,
        kind="boolean" if yes_or_no else "categorical",
        rows=len(objects),
        missing=missing,
        invalid=counts.total() - sum(items.values()),
        items=items,
    )


def _array(values: Iterable[object]) -> Array:
    """One dimension; values of no array, and masked ones, stay what they are."""
    if isinstance(values, np.ndarray) and values.ndim != 1:
        message = f"a column has one dimension, not {values.ndim}"
        raise ValueError(message)
    if isinstance(values, np.ma.MaskedArray):
        values = values.tolist()
    return values if isinstance(values, np.ndarray) else np.fromiter(values, dtype=np.object_)


def _seconds(dates: Array) -> Numbers:
    """Dates as seconds since 1970; none is NaN."""
    seconds = dates.astype("M8[us]").astype(np.int64) / 1e6
    seconds[np.isnat(dates)] = math.nan
    return seconds


def _sorted(name: str, numbers: Numbers, *, rows: int, kind: Literal["numeric", "date"]) -> Numeric:
    """Sorts in place, which leaves infinities at both ends and NaN behind them."""
    numbers.sort()
    present = int(numbers.searchsorted(math.nan, side="left"))
    begin = numbers.searchsorted(-math.inf, side="right")
    finite = numbers[begin : numbers.searchsorted(math.inf, side="left")]
    low, high, mean, std = _moments(finite)
    return Numeric(
        name=name,
        kind=kind,
        rows=rows,
        missing=len(numbers) - present,
        invalid=rows - len(numbers),
        infinite=present - len(finite),
        values=finite,
        low=low,
        high=high,
        mean=mean,
        std=std,
    )


def _moments(finite: Numbers) -> tuple[float | None, float | None, float | None, float | None]:
    """Lowest, highest, mean and standard deviation; the latter None where numbers overflow."""
    if not len(finite):
        return None, None, None, None
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(finite.mean()), float(finite.std())
    return float(finite[0]), float(finite[-1]), _finite(mean), _finite(std)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
