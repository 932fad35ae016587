"""Pearson's chi-square of the categories of two windows."""

import numpy as np
from msgspec.structs import replace
from scipy.special import chdtrc

from drift.columns import Categorical, Empty, Numbers
from drift.results import Figure
from drift.statistics.binned import Binned, Spread, Term, figure
from drift.statistics.bins import as_categorical
from drift.statistics.categories import categories, valid

FEW = 5
"""Expected rows below which the distribution of chi-square is not to be trusted (Cochran)."""


def chi_square(reference: Categorical | Empty, current: Categorical | Empty) -> Figure:
    """Pearson's chi-square that both windows have the same categories equally often.

    Σ (O - E)² / E over the table of two windows by all categories, of the rows that hold one: O are
    the rows, E those expected if the windows agreed. As many degrees of freedom as there are
    categories, less one. It grows with the rows: judge by the p-value, and by an effect beside it.

    None when a window holds no category; 0 with p-value 1 when both hold the same single one. The
    p-value is not to be trusted where categories are rare, for which there is `pooled_chi_square`.
    Equal to `scipy.stats.chi2_contingency(table, correction=False)`.

    Source: Pearson, On the criterion that a given system of deviations … (1900).

    >>> from drift.build import categorical
    >>> reference = categorical("plan", ["free"] * 80 + ["paid"] * 20)
    >>> current = categorical("plan", ["free"] * 60 + ["paid"] * 40)
    >>> figure = chi_square(reference, current)
    >>> round(figure.value, 4), round(figure.p_value, 5)
    (9.5238, 0.00203)
    """
    table, rows = _table(as_categorical(reference), as_categorical(current))
    return contingency(table, *rows)


def pooled_chi_square(reference: Categorical | Empty, current: Categorical | Empty) -> Figure:
    """The same, with all categories in one of which fewer than `FEW` rows are expected."""
    table, rows = _table(as_categorical(reference), as_categorical(current))
    return contingency(pooled(table, *rows), *rows)


def contingency(table: Binned, reference: int, current: int) -> Figure:
    """Chi-square of a table of shares of so many rows in the two windows.

    >>> half, most = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    >>> table = Binned(Spread(half, half, half), Spread(most, most, most))
    >>> round(contingency(table, 100, 100).value, 3)
    38.095
    """
    if not reference or not current:
        return Figure(value=None)
    found = figure(_term(reference, current), [table])
    filled = int(np.count_nonzero(table.reference.value + table.current.value))
    p_value = float(chdtrc(filled - 1, found.at_least)) if filled > 1 else 1.0
    return replace(found, p_value=p_value)


def pooled(table: Binned, reference: int, current: int) -> Binned:
    """The bins in which too few rows are expected as one, and the rest as a bin like any other."""
    rows = table.reference.value * reference + table.current.value * current
    rare = rows * min(reference, current) < FEW * (reference + current)
    return Binned(table.reference.pooled(rare), table.current.pooled(rare))


def _table(reference: Categorical, current: Categorical) -> tuple[Binned, tuple[int, int]]:
    """The categories as shares of the rows that hold one, and how many these are."""
    table = categories(reference, current, pool_unseen=False)
    p = _of_valid(table.reference, reference)
    q = _of_valid(table.current, current)
    return Binned(p, q, table.split), (valid(reference), valid(current))


def _of_valid(spread: Spread, column: Categorical) -> Spread:
    return spread.scaled(column.rows / max(valid(column), 1))


def _term(reference: int, current: int) -> Term:
    """Chi-square of one column of the table, both of its cells."""

    def term(p: Numbers, q: Numbers) -> Numbers:
        rows = p * reference + q * current
        square = reference * current * (p - q) ** 2.0
        return np.divide(square, rows, out=np.zeros_like(rows), where=rows > 0)

    return term
