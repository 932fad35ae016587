"""The Wasserstein distance in units of the reference's standard deviation."""

import math
from collections.abc import Iterator

import numpy as np

from drift.columns import Empty, Numbers, Numeric
from drift.results import Figure
from drift.statistics.bins import as_numeric
from drift.statistics.ecdf import Ecdf

BLOCK = 2**14


def wasserstein(reference: Numeric | Empty, current: Numeric | Empty) -> Figure:
    """How far the finite values moved on average, in standard deviations of the reference.

    W = ∫₀¹ |P(u) - Q(u)| du / σ, where P and Q are the quantile functions of the windows and σ is
    the standard deviation of the reference's values as a population. A shift by half a σ is 0.5.

    None when a window holds no finite row, when the distance overflows, and when the reference is
    constant and the current window is not the same constant. 0 if it is. The error bound of a
    profile is its rank error times its range, large if one value lies far out. Equal to
    `scipy.stats.wasserstein_distance(reference, current) / numpy.std(reference)`.

    Source: Vallender, Calculation of the Wasserstein Distance Between Probability Distributions on
    the Line (1974).

    >>> from drift.build import numeric
    >>> wasserstein(numeric("x", [-1, 1, -1, 1]), numeric("x", [0, 2, 0, 2])).value
    1.0
    """
    reference, current = as_numeric(reference), as_numeric(current)
    if not len(reference.values) or not len(current.values):
        return Figure(value=None)
    with np.errstate(over="ignore", invalid="ignore"):
        moved = _moved(reference, current)
        error = _error(reference) + _error(current)
    if moved == error == 0:
        return Figure(value=0.0)
    deviation = reference.std
    if not deviation or not math.isfinite(moved) or not math.isfinite(error):
        return Figure(value=None)
    return Figure(value=moved / deviation, error=error / deviation)


def _error(column: Numeric) -> float:
    """A profile's shares are off by at most its rank error, and only within its range."""
    if not column.error or column.low is None or column.high is None:
        return 0.0
    return column.error * (column.high - column.low)


def _moved(reference: Numeric, current: Numeric) -> float:
    """The area between both quantile functions, in the unit of the values."""
    few, many = sorted((reference, current), key=lambda one: len(one.values))
    whole = few.weights is None and many.weights is None
    if whole and len(few.values) == len(many.values):
        return math.fsum(_paired(few.values, many.values)) / len(few.values)
    return math.fsum(_stepped(Ecdf(few), Ecdf(many)))


def _paired(ours: Numbers, theirs: Numbers) -> Iterator[float]:
    """The gaps between values of the same rank, a block at a time, which the cache holds."""
    for start in range(0, len(ours), BLOCK):
        gaps = ours[start : start + BLOCK] - theirs[start : start + BLOCK]
        yield float(np.abs(gaps, out=gaps).sum())


def _stepped(few: Ecdf, many: Ecdf) -> Iterator[float]:
    """The area between two quantile functions that step at different places, a block at a time.

    Every one of the many values is held against that of the few at its beginning, as if all of it
    lay there. Where the few step within one of the many, what is left of that one is put right. The
    places are whole numbers when a row of each window is as wide as the other has rows.
    """
    begin = 0
    for start in range(0, len(few.values), BLOCK):
        values, then = few.values[start : start + BLOCK], few.values[start + 1 : start + BLOCK + 1]
        ranks = np.arange(start + 1, start + len(values) + 1, dtype=np.int64)
        last = few.rows(ranks) * many.total - 1
        at = many.holding(last // few.total)
        gaps = np.repeat(values, np.diff(at + 1, prepend=begin))
        yield many.mean_gap(gaps, begin)
        begin += len(gaps)
        at, last = at[: len(then)], last[: len(then)]
        left = (many.rows(at + 1) * few.total - last - 1) / few.total / many.total
        split = many.values[at]
        change = np.abs(split - then) - np.abs(split - values[: len(then)])
        yield float((change * left).sum())
