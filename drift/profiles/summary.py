"""Many numbers as few: some of the values, the rows behind each, and a bound on any rank's error.

A summary stands for the distribution function of the numbers that it was made of. To make it
smaller, their ranks are cut into intervals of equal length, and the value at the middle of each
stands for all of it. Between two such values the smaller summary then counts as many rows as the
intervals up to there have, and the larger one tells between which two counts the truth lies: so by
how much the smaller one is off at most is known exactly, is kept, and is added up. Two summaries
are added by putting their values side by side; their errors add up.

Why not the KLL sketch of Apache DataSketches: it was measured beside this (`datasketches` 5.2.0,
doubles, one million rows in batches of 131,072; error is the largest difference of the two
distribution functions at any of the distinct values, or at every 500th of them for KLL; processor
time on a 2.5 GHz Xeon with AVX-512; bytes as stored).

                      normal, one pass              sixteen parts, merged    1,300 distinct values
    this, 4,096       1.4e-4 (bound 1.4e-4, sure)   1.9e-4 (bound 2.5e-4)    exact
                      37,089 bytes, 50 ms           59 ms                    8,575 bytes, 14 ms
    KLL, k = 1,800    7.8e-4 (bound 1.6e-3, 99 %)   4.7e-4 (bound 1.6e-3)    9.9e-4
                      40,356 bytes, 59 ms           76 ms                    40,356 bytes, 59 ms
    KLL, k = 4,096    3.7e-4 (bound 7.1e-4, 99 %)   1.9e-4 (bound 7.1e-4)    3.8e-4
                      93,180 bytes, 61 ms           87 ms                    93,180 bytes, 65 ms

In as many bytes the error is a fifth and its bound a tenth, and the bound is no matter of luck.
What KLL does better: it reads in little memory, where this one keeps up to 65,536 points.
"""

from typing import NamedTuple

import numpy as np

from drift.columns import Counts, Numbers


class Summary(NamedTuple):
    """Distinct values (k,) in ascending order, the rows (k,) behind each, and the error in rows."""

    values: Numbers
    weights: Counts
    error: int = 0

    @property
    def rows(self) -> int:
        """How many numbers it stands for."""
        return int(self.weights.sum())


def summarised(ordered: Numbers, points: int) -> Summary:
    """At most `points` of numbers in ascending order, or all different ones if they are so few."""
    if _different(ordered) <= points:
        return _distinct(ordered, np.ones(len(ordered), np.int64), 0)
    edges, middles = _intervals(len(ordered), points)
    # Ranks that are equal to their places need no search.
    lost = _largest_error(edges, middles, middles + 1)
    return _distinct(ordered[middles], np.diff(edges), lost)


def added(one: Summary, other: Summary) -> Summary:
    """Both together."""
    values = np.concatenate([one.values, other.values])
    order = np.argsort(values, kind="stable")
    weights = np.concatenate([one.weights, other.weights])
    return _distinct(values[order], weights[order], one.error + other.error)


def compressed(summary: Summary, points: int) -> Summary:
    """At most `points` of the values, at equal distances in rank."""
    if len(summary.values) <= points:
        return summary
    ends = np.cumsum(summary.weights)
    edges, middles = _intervals(int(ends[-1]), points)
    chosen = np.searchsorted(ends, middles, side="right")
    lost = _largest_error(edges, ends[chosen] - summary.weights[chosen], ends[chosen])
    return _distinct(summary.values[chosen], np.diff(edges), summary.error + lost)


def _intervals(rows: int, points: int) -> tuple[Counts, Counts]:
    """Where intervals of ranks begin and end (points + 1,), and the rank amid each (points,)."""
    edges = np.linspace(0, rows, points + 1).astype(np.int64)
    return edges, (edges[:-1] + edges[1:]) // 2


def _largest_error(edges: Counts, before: Counts, through: Counts) -> int:
    """By how many rows the chosen values count too few or too many, at any place.

    `before` and `through` are the true counts of rows below each and up to each. Left of a value as
    many rows are counted as its interval's beginning says: what is chosen for two intervals in turn
    is a heavy value, and there is nothing between it and itself.
    """
    apart = np.append(True, before[1:] >= through[:-1])
    ends = np.append(apart[1:], True)
    too_few = before[apart] - edges[:-1][apart]
    too_many = edges[1:][ends] - through[ends]
    return int(max(np.abs(too_few).max(), np.abs(too_many).max()))


def _different(ordered: Numbers) -> int:
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(ordered))


def _distinct(ordered: Numbers, weights: Counts, error: int) -> Summary:
    """One point a value, with the rows of all that are equal."""
    first = np.append(np.ones(min(1, len(ordered)), bool), ordered[1:] != ordered[:-1])
    if first.all():
        return Summary(ordered, weights, error)
    starts = np.flatnonzero(first)
    return Summary(ordered[starts], np.add.reduceat(weights, starts), error)
