"""The two-sample Kolmogorov–Smirnov distance, found without merging the windows."""

import math

import numpy as np

from drift.columns import Empty, Numbers, Numeric
from drift.results import Figure
from drift.statistics.bins import as_numeric
from drift.statistics.ecdf import Ecdf
from drift.statistics.kolmogorov import survival

FINER = 16
COARSE = 3
"""About FINER**COARSE values are looked at first, and then FINER times as many where it matters."""


def ks(reference: Numeric | Empty, current: Numeric | Empty) -> Figure:
    """The Kolmogorov–Smirnov distance of the finite values: from 0 to 1, where none overlap.

    D = sup |F(x) - G(x)| over all x, where F and G are the shares of the windows' finite rows that
    are at most x. It does not change when both windows are transformed in the same ascending way.
    The p-value is Smirnov's for two large samples of n and m rows: that of one of nm / (n + m)
    rows, rounded. With ties, as in whole numbers, it is larger than it had to be.

    None when a window holds no finite row. Equal to `scipy.stats.ks_2samp(method="asymp")`.

    Source: Smirnov, Table for Estimating the Goodness of Fit of Empirical Distributions (1948);
    Simard and L'Ecuyer, Computing the Two-Sided Kolmogorov–Smirnov Distribution (2011).

    >>> from drift.build import numeric
    >>> figure = ks(numeric("x", range(100)), numeric("x", range(20, 120)))
    >>> round(figure.value, 4), round(figure.p_value, 4)
    (0.2, 0.0314)
    """
    ours, theirs = Ecdf(as_numeric(reference)), Ecdf(as_numeric(current))
    if not ours.total or not theirs.total:
        return Figure(value=None)
    value = _distance(ours, theirs)
    error = ours.error + theirs.error
    n, m = ours.column.finite, theirs.column.finite
    p_value = survival(max(value - error, 0.0), max(round(n * m / (n + m)), 1))
    return Figure(value=value, error=error, p_value=p_value)


def _distance(ours: Ecdf, theirs: Ecdf) -> float:
    """The largest difference at any value: first at a few, then between those where it can be.

    Between two neighbours F and G only rise, so that F - G is at most F at the upper one less G at
    the lower one. Most gaps cannot hold more than what was found already: the few others are looked
    into again, with points ever nearer to each other.
    """
    longest = max(len(ours.values), len(theirs.values))
    step = FINER ** max(round(math.log(longest, FINER)) - COARSE, 0)
    low, high = np.array([-math.inf]), np.array([math.inf])
    found = 0.0
    while len(low):
        points = _points((ours.values, theirs.values), low, high, step)
        p, q = ours.at(points), theirs.at(points)
        found = max(found, float(np.abs(p - q).max()))
        if step == 1:
            break
        within = high[low.searchsorted(points[:-1], side="right") - 1] >= points[1:]
        more = np.maximum(p[1:] - q[:-1], q[1:] - p[:-1]) > found
        gaps = np.flatnonzero(within & more)
        low, high = points[gaps], points[gaps + 1]
        step //= FINER
    return found


def _points(windows: tuple[Numbers, Numbers], low: Numbers, high: Numbers, step: int) -> Numbers:
    """One in `step` values of both windows between each low and high, and these, ascending."""
    inside = [_within(values, low, high, step) for values in windows]
    points = np.concatenate((*inside, low, high))
    points.sort()
    return points


def _within(values: Numbers, low: Numbers, high: Numbers, step: int) -> Numbers:
    """Every so manieth of the values above each low and below each high."""
    first = values.searchsorted(low, side="right")
    counts = (values.searchsorted(high, side="left") - first + step - 1) // step
    starts = np.repeat(first - (np.cumsum(counts) - counts) * step, counts)
    return values[starts + np.arange(len(starts)) * step]
