"""Two windows drawn over each other: for the eye, not for the judgement."""

import numpy as np

from drift.columns import Categorical, Numbers, Numeric
from drift.results import Bins
from drift.statistics.bins import no_values
from drift.statistics.ecdf import Ecdf

BARS = 40
TAIL = 0.005
"""The share of values at either end of both windows that a histogram may leave out."""
MOST_CATEGORIES = 50


def histogram(reference: Numeric, current: Numeric) -> Bins | None:
    """Shares of all rows in bins of equal width over the bulk of both windows, if there is one.

    Whole tails are left out, so that one value far away does not squeeze all others into one bar.
    """
    ecdfs = [one for one in (Ecdf(reference), Ecdf(current)) if one.total]
    if not ecdfs:
        return None
    ends = [one.quantiles(np.array([TAIL, 1.0 - TAIL]) * one.total) for one in ecdfs]
    edges = _edges(min(float(low) for low, _ in ends), max(float(high) for _, high in ends))
    if edges is None:
        return None
    shares = [_within(Ecdf(column), edges) for column in (reference, current)]
    return Bins(reference=shares[0], current=shares[1], edges=tuple(edges.tolist()))


def bars(reference: Categorical, current: Categorical) -> Bins:
    """Shares of all rows by category, the largest first; the rest is in one, if there is any."""
    names = {**reference.items, **current.items}
    shares = {
        name: (
            reference.items.get(name, 0) / reference.rows,
            current.items.get(name, 0) / current.rows,
        )
        for name in names
    }
    shown = sorted(shares.items(), key=lambda item: max(item[1]), reverse=True)[:MOST_CATEGORIES]
    missing, broken = zip(no_values(reference), no_values(current), strict=True)
    extra = {"(missing)": missing, "(of another type)": broken}
    used = [*shown, *((label, pair) for label, pair in extra.items() if any(pair))]
    rest = tuple(max(1.0 - sum(pair[side] for _, pair in used), 0.0) for side in (0, 1))
    if max(rest) > 1e-9:
        used.append(("(other)", (rest[0], rest[1])))
    return Bins(
        reference=tuple(pair[0] for _, pair in used),
        current=tuple(pair[1] for _, pair in used),
        labels=tuple(label for label, _ in used),
    )


def _edges(low: float, high: float) -> Numbers | None:
    """Edges that differ, also around a constant; None where numbers are too large to have any."""
    if low == high:
        width = max(abs(low) * 0.01, 0.5)
        low, high = low - width, high + width
    with np.errstate(over="ignore", invalid="ignore"):
        edges = np.linspace(low, high, BARS + 1)
    return edges if np.isfinite(edges).all() and (np.diff(edges) > 0).all() else None


def _within(ecdf: Ecdf, edges: Numbers) -> tuple[float, ...]:
    """Shares of all rows between the edges, the first of which belongs to the first bin."""
    ends = ecdf.at(edges)
    ends[0] = ecdf.before(float(edges[0]))
    scale = ecdf.column.finite / max(ecdf.column.rows, 1)
    return tuple((np.diff(ends) * scale).tolist())
