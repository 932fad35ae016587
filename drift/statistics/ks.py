"""The two-sample Kolmogorov–Smirnov distance, found without merging the windows."""

import math

import numpy as np

from drift.columns import Counts, Empty, Numbers, Numeric
from drift.results import Figure
from drift.statistics.bins import as_numeric
from drift.statistics.ecdf import Ecdf
from drift.statistics.kolmogorov import survival

COARSE = 16
"""One in √n / COARSE values is looked at first."""


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
    the lower one. Most gaps cannot hold more than what was found already.
    """
    step = max(math.isqrt(max(len(ours.values), len(theirs.values))) // COARSE, 1)
    points = np.unique(np.concatenate((_some(ours.values, step), _some(theirs.values, step))))
    p, q = ours.at(points), theirs.at(points)
    found = float(np.abs(p - q).max())
    most = np.maximum(p[1:] - q[:-1], q[1:] - p[:-1])
    gaps = np.flatnonzero(most > found)
    if step == 1 or not len(gaps):
        return found
    inside = np.concatenate([_within(one.values, points, gaps) for one in (ours, theirs)])
    inside.sort()
    return max(found, float(np.abs(ours.at(inside) - theirs.at(inside)).max(initial=0.0)))


def _some(values: Numbers, step: int) -> Numbers:
    """Every so manieth value, and the last."""
    return np.append(values[::step], values[-1])


def _within(values: Numbers, points: Numbers, gaps: Counts) -> Numbers:
    """The values between the points at either end of each gap."""
    first = values.searchsorted(points[gaps], side="right")
    counts = values.searchsorted(points[gaps + 1], side="left") - first
    counts = np.maximum(counts, 0)
    starts = np.repeat(first - np.cumsum(counts) + counts, counts)
    return values[starts + np.arange(len(starts))]
