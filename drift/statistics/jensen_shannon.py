"""The Jensen–Shannon distance."""

import math

import numpy as np

from drift.columns import Column, Numbers
from drift.results import Figure
from drift.statistics.binned import figure
from drift.statistics.bins import tables


def jensen_shannon(reference: Column, current: Column) -> Figure:
    """The Jensen–Shannon distance: from 0, equal windows, to 1, windows that share no bin.

    √(½ Σ pᵢ log₂(pᵢ / mᵢ) + ½ Σ qᵢ log₂(qᵢ / mᵢ)) with mᵢ = (pᵢ + qᵢ) / 2, where pᵢ and qᵢ are the
    shares of the windows' rows in bin i of `drift.statistics.bins`. An empty bin adds nothing for
    the window that leaves it empty.

    Defined for all columns of the same kind; a metric. Equal to
    `scipy.spatial.distance.jensenshannon(p, q, base=2)`.

    Source: Lin, Divergence Measures Based on the Shannon Entropy (1991); Endres and Schindelin, A
    New Metric for Probability Distributions (2003).

    >>> from drift.build import categorical
    >>> round(jensen_shannon(categorical("x", ["a", "b"]), categorical("x", ["a", "a"])).value, 4)
    0.5579
    """
    return figure(_term, tables(reference, current), _distance)


def _distance(divergence: float) -> float:
    """Its square root, which rounding may have moved out of its range."""
    return math.sqrt(min(max(divergence, 0.0), 1.0))


def _term(p: Numbers, q: Numbers) -> Numbers:
    mean = (p + q) / 2
    return (_entropy(p, mean) + _entropy(q, mean)) / 2


def _entropy(share: Numbers, mean: Numbers) -> Numbers:
    ratio = np.divide(share, mean, out=np.ones_like(share), where=share > 0)
    return share * np.log2(ratio)
