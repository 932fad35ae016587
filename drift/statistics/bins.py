"""The bins of a column: deciles of the reference window, or categories, and what is no value.

Numeric bins end at the deciles of the reference alone, (-∞, d1], (d1, d2] … (d9, ∞); equal deciles
make empty bins, which count nothing. When the smallest value alone fills the first bin, what is
smaller has one of its own, else it would hide there. Missing rows have a bin of their own, rows
that are infinite or of another type have another, and so have categories that the reference lacks.
"""

from collections.abc import Sequence

import numpy as np

from drift.columns import Categorical, Column, Empty, Numbers, Numeric
from drift.statistics.binned import Binned, Spread
from drift.statistics.categories import categories
from drift.statistics.ecdf import Ecdf

DECILES = np.arange(1.0, 10.0)


def tables(reference: Column, current: Column) -> Sequence[Binned]:
    """Shares of all rows in the same bins: the likely table first, then others that are possible.

    Raises TypeError for columns of different kinds; a column without any value fits every kind.
    """
    match reference, current:
        case ((Numeric() | Empty() as ours), (Numeric() | Empty() as theirs)):
            found = _numeric(as_numeric(ours), as_numeric(theirs))
        case ((Categorical() | Empty() as ours), (Categorical() | Empty() as theirs)):
            found = [categories(as_categorical(ours), as_categorical(theirs), pool_unseen=True)]
        case _:
            raise TypeError(unlike(reference, current))
    return [one.joined(no_values(reference), no_values(current)) for one in found]


def unlike(reference: Column, current: Column) -> str:
    """What two columns of different kinds are, as a sentence without its end."""
    return f"it is {reference.kind} in the reference and {current.kind} in the current window"


def as_numeric(column: Numeric | Empty) -> Numeric:
    """A column without any value, as one of numbers."""
    if isinstance(column, Numeric):
        return column
    return Numeric(name=column.name, rows=column.rows, missing=column.rows, values=np.empty(0))


def as_categorical(column: Categorical | Empty) -> Categorical:
    """A column without any value, as one of categories."""
    if isinstance(column, Categorical):
        return column
    return Categorical(name=column.name, rows=column.rows, missing=column.rows, items={})


def no_values(column: Column) -> tuple[float, float]:
    """The shares of all rows that are missing, and that are infinite or of another type."""
    rows = max(column.rows, 1)
    if isinstance(column, Empty):
        return (column.rows / rows, 0.0)
    infinite = column.infinite if isinstance(column, Numeric) else 0
    return (column.missing / rows, (column.invalid + infinite) / rows)


def _numeric(reference: Numeric, current: Numeric) -> Sequence[Binned]:
    """Shares by decile, with and without the bin of what is smaller than the smallest value.

    Whether the smallest value fills the first decile is certain when the column was read whole.
    """
    ours, theirs = Ecdf(reference), Ecdf(current)
    edges = _deciles(ours)
    likely, certain, possible = (bool(len(part) and part[0] == reference.low) for part in edges)
    variants = [likely] if certain or not possible else [likely, not likely]
    return [_at(ours, theirs, edges, below=below) for below in variants]


def _deciles(ecdf: Ecdf) -> tuple[Numbers, Numbers, Numbers]:
    """The deciles as they seem, at most, and at least."""
    rows, off = DECILES * ecdf.total / 10, ecdf.error * ecdf.total
    return ecdf.quantiles(rows), ecdf.quantiles(rows + off), ecdf.quantiles(rows - off)


def _at(
    ours: Ecdf, theirs: Ecdf, edges: tuple[Numbers, Numbers, Numbers], *, below: bool
) -> Binned:
    """Both windows cut at the edges, wherever within their bounds these may lie."""
    p, q = _cumulative(ours, edges), _cumulative(theirs, edges)
    if len(edges[0]):
        p = Spread(np.maximum(p.low, DECILES / 10), p.value, p.high)
    if below and ours.column.low is not None:
        p, q = _after(_exactly(0.0), p), _after(_before(theirs, ours.column.low), q)
    return Binned(_between(ours, p), _between(theirs, q))


def _cumulative(ecdf: Ecdf, edges: tuple[Numbers, Numbers, Numbers]) -> Spread:
    likely, most, least = edges
    return Spread(
        np.maximum(ecdf.at(least) - ecdf.error, 0.0),
        ecdf.at(likely),
        np.minimum(ecdf.at(most) + ecdf.error, 1.0),
    )


def _before(ecdf: Ecdf, point: float) -> Spread:
    """The share of values below a point: nothing for certain when none is as small."""
    if ecdf.column.low is None or ecdf.column.low >= point:
        return _exactly(0.0)
    share = ecdf.before(point)
    bounds = max(share - ecdf.error, 0.0), share, min(share + ecdf.error, 1.0)
    return Spread(*(np.array([one]) for one in bounds))


def _exactly(share: float) -> Spread:
    return Spread(np.array([share]), np.array([share]), np.array([share]))


def _after(first: Spread, then: Spread) -> Spread:
    return Spread(
        np.append(first.low, then.low),
        np.append(first.value, then.value),
        np.append(first.high, then.high),
    )


def _between(ecdf: Ecdf, ends: Spread) -> Spread:
    """From shares up to the end of each bin to shares of all rows in each bin."""
    low, value, high = (
        np.concatenate(([0.0], part, [1.0])) for part in (ends.low, ends.value, ends.high)
    )
    within = Spread(
        np.maximum(low[1:] - high[:-1], 0.0), np.diff(value), np.minimum(high[1:] - low[:-1], 1.0)
    )
    return within.scaled(ecdf.column.finite / max(ecdf.column.rows, 1))
