"""The Wasserstein distance in units of the reference's standard deviation."""

import math
from collections.abc import Iterator

import numpy as np

from drift.columns import Counts, Empty, Numbers, Numeric
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
    if reference.weights is not None or current.weights is not None:
        return _weighted(Ecdf(reference), Ecdf(current))
    return math.fsum(_blocks(reference.values, current.values))


def _blocks(ours: Numbers, theirs: Numbers) -> Iterator[float]:
    """The area, a block of the longer window at a time, over its length.

    Value i of n covers the quantiles i/n to (i+1)/n. When the other window has m ≤ n values, this
    overlaps with one or two of theirs, whose places are arithmetic: nothing is searched for.
    """
    few, many = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    m, n = len(few), len(many)
    for start in range(0, n, BLOCK):
        values = many[start : start + BLOCK]
        if n == m:
            yield float(np.abs(values - few[start : start + BLOCK]).sum()) / n
            continue
        begin = np.arange(start, start + len(values), dtype=np.int64) * m
        first, last = begin // n, (begin + m - 1) // n
        before = np.where(last > first, (last * n - begin) / m, 0.0)
        yield float((np.abs(values - few[first]) * before).sum()) / n
        yield float((np.abs(values - few[last]) * (1.0 - before)).sum()) / n


def _weighted(ours: Ecdf, theirs: Ecdf) -> float:
    """The area between the steps of both: where either steps, in rows of both multiplied."""
    our_ends, their_ends = _ends(ours, theirs.total), _ends(theirs, ours.total)
    ends = np.concatenate((our_ends, their_ends))
    ends.sort(kind="stable")
    widths = np.diff(ends, prepend=0) / (ours.total * theirs.total)
    gaps = _steps(ours, our_ends, ends)
    gaps -= _steps(theirs, their_ends, ends)
    return float((np.abs(gaps, out=gaps) * widths).sum())


def _ends(ecdf: Ecdf, unit: int) -> Counts:
    """Where each value stops, in rows of this window times those of the other."""
    return ecdf.rows(np.arange(1, len(ecdf.values) + 1, dtype=np.int64)) * unit


def _steps(ecdf: Ecdf, own: Counts, ends: Counts) -> Numbers:
    """The value of the window before each end."""
    places = ends.searchsorted(own, side="right")
    return np.repeat(ecdf.values, np.diff(places, prepend=0))
