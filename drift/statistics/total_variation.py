"""The total variation distance."""

import numpy as np

from drift.columns import Column, Numbers
from drift.results import Figure
from drift.statistics.binned import figure
from drift.statistics.bins import tables


def total_variation(reference: Column, current: Column) -> Figure:
    """The total variation distance: the share of rows that would have to change to agree.

    ½ Σ |pᵢ - qᵢ| over bins, where pᵢ and qᵢ are the shares of the windows' rows in bin i of
    `drift.statistics.bins`: from 0, equal windows, to 1, windows that share no bin.

    Defined for all columns of the same kind; a metric. Small windows of many categories lie far
    apart by chance alone.

    Source: Levin and Peres, Markov Chains and Mixing Times (2017), chapter 4.

    >>> from drift.build import categorical
    >>> total_variation(categorical("x", ["a", "b"]), categorical("x", ["a", "a"])).value
    0.5
    """
    return figure(_term, tables(reference, current))


def _term(p: Numbers, q: Numbers) -> Numbers:
    return np.abs(p - q) / 2
