"""Whether a column that came from outside keeps what comparisons rely on."""

import math
from collections.abc import Iterator

import numpy as np

from drift.columns import Categorical, Column, Numeric
from drift.profiles.categorical import ITEMS
from drift.profiles.numeric import POINTS

_MOST_ROWS = 1 << 53  # Beyond it counts are no longer exact as floats, nor do sums fit.


def check(column: Column, rows: int) -> None:
    """Raise ValueError with the first thing that is wrong with a column of so many rows."""
    if not 0 <= rows <= _MOST_ROWS or column.rows != rows:
        raise ValueError(f"`{column.name}` has {column.rows} rows of {rows}")
    problems: Iterator[tuple[str, bool]] = iter(())
    if isinstance(column, Numeric):
        problems = _of_numbers(column)
    elif isinstance(column, Categorical):
        problems = _of_categories(column)
    for problem, holds in problems:
        if holds:
            raise ValueError(f"`{column.name}` {problem}")


def _of_numbers(column: Numeric) -> Iterator[tuple[str, bool]]:
    """Each is only looked at when those before it do not hold."""
    values, weights, finite = column.values, column.weights, column.finite
    yield "counts rows twice", min(column.missing, column.invalid, column.infinite, finite) < 0
    yield "has too many points", len(values) > POINTS
    yield "has an error that is no share", not 0 <= column.error <= 1
    if weights is None:
        yield "has not one value a row", len(values) != finite
    else:
        yield "has not one weight a value", len(weights) != len(values)
        yield "has a weight that is no count", not ((weights > 0) & (weights <= finite)).all()
        yield "has weights that are not its rows", int(weights.sum()) != finite
    yield "has values that are not finite", not np.isfinite(values).all()
    yield "has values out of order", bool((np.diff(values) < 0).any())
    yield from _of_moments(column)


def _of_moments(column: Numeric) -> Iterator[tuple[str, bool]]:
    moments = (column.low, column.high, column.mean, column.std)
    known = [moment for moment in moments if moment is not None]
    yield "lacks moments, or has some of nothing", len(known) != (4 if column.finite else 0)
    yield "has moments that are not finite", not all(map(math.isfinite, known))
    if len(known) == len(moments):
        low, high, mean, std = known
        yield "has moments out of order", not (low <= mean <= high and std >= 0)
        yield (
            "has values out of its range",
            bool(column.values[0] < low or column.values[-1] > high),
        )


def _of_categories(column: Categorical) -> Iterator[tuple[str, bool]]:
    counts = list(column.items.values())
    beside = (column.missing, column.invalid, column.other, column.slack, column.short)
    yield "has a count below zero", min(beside) < 0
    yield "has a category without rows", min(counts, default=1) < 1
    yield "has too many categories", len(counts) > ITEMS
    yield (
        "has counts that are not its rows",
        sum(counts) + sum(beside[:3]) != column.rows,
    )
    yield "has more slack than other rows", max(column.slack, column.short) > column.other
    if column.kind == "boolean":
        yield (
            "has truth values beside true and false",
            not {"true", "false"}.issuperset(column.items),
        )
