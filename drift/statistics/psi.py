"""The population stability index."""

import numpy as np

from drift.columns import Column, Numbers
from drift.results import Figure
from drift.statistics.binned import figure
from drift.statistics.bins import tables

EPSILON = 1e-4
"""The least share that a bin counts as having, in either window."""


def psi(reference: Column, current: Column) -> Figure:
    """The population stability index: how surprised each window is by the other, added up.

    PSI = Σ (qᵢ - pᵢ) ln(qᵢ / pᵢ) over bins, where pᵢ and qᵢ are the shares of the reference's and
    of the current window's rows in bin i. The bins are those of `drift.statistics.bins`; a share
    below `EPSILON` counts as `EPSILON`, so that 5 % of the rows in a bin that the reference leaves
    empty add 0.31, not 35. By custom 0.1 is a moderate and 0.25 a large change.

    Defined for all columns of the same kind; 0 for equal windows, never less. Symmetric but for the
    bins, which are the reference's.

    Source: Siddiqi, Credit Risk Scorecards (2006); it is the symmetric divergence J of Kullback and
    Leibler, On Information and Sufficiency (1951).

    >>> from drift.build import categorical
    >>> reference = categorical("plan", ["free"] * 80 + ["paid"] * 20)
    >>> current = categorical("plan", ["free"] * 60 + ["paid"] * 40)
    >>> round(psi(reference, current).value, 4)  # 0.2 ln(80/60) + 0.2 ln(40/20)
    0.1962
    """
    return figure(_term, tables(reference, current))


def _term(p: Numbers, q: Numbers) -> Numbers:
    p, q = np.maximum(p, EPSILON), np.maximum(q, EPSILON)
    return (q - p) * np.log(q / p)
