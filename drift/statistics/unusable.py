"""Rows without a usable value: whether there are more or fewer of them than in the reference."""

import numpy as np

from drift.columns import Column
from drift.results import Figure
from drift.statistics.binned import Binned, Spread
from drift.statistics.bins import no_values
from drift.statistics.chi_square import contingency, pooled


def unusable(reference: Column, current: Column) -> Figure:
    """The share of rows that would have to change for as many to be missing and to be broken.

    The total variation distance of two windows cut in three: rows with a value, missing rows, rows
    that are infinite or of another type. The p-value is that of chi-square; there is none when
    too few rows of both windows together are without a value. Always exact, also of profiles; None
    when a window has no rows.

    >>> from drift.build import numeric
    >>> figure = unusable(numeric("x", [1.0] * 100), numeric("x", [1.0] * 90 + [None] * 10))
    >>> round(figure.value, 4), round(figure.p_value, 5)
    (0.1, 0.00118)
    """
    if not reference.rows or not current.rows:
        return Figure(value=None)
    p, q = _states(reference), _states(current)
    value = float(np.abs(p.value - q.value).sum()) / 2
    table = pooled(Binned(p, q), reference.rows, current.rows)
    if np.count_nonzero(table.reference.value + table.current.value) < 2:
        return Figure(value=value)
    return Figure(value=value, p_value=contingency(table, reference.rows, current.rows).p_value)


def _states(column: Column) -> Spread:
    missing, broken = no_values(column)
    shares = np.array([1.0 - missing - broken, missing, broken])
    return Spread(shares, shares, shares)
