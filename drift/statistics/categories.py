"""Categories as bins: each that either window knows, and the rest, which was not kept."""

import numpy as np

from drift.columns import Categorical, Numbers
from drift.statistics.binned import Binned, Spread


def categories(reference: Categorical, current: Categorical, *, pool_unseen: bool) -> Binned:
    """Shares of all rows: the reference's categories, those of the current window alone, the rest.

    Pooling puts the categories that the reference lacks into the last bin. That bin is `split` when
    categories of the reference itself were not kept, so that nobody knows which windows share them.
    """
    new = [name for name in current.items if name not in reference.items]
    names = [*reference.items, *new]
    p, q = _spread(reference, names), _spread(current, names)
    if pool_unseen:
        unseen = np.arange(len(names) + 1) >= len(reference.items)
        p, q = p.pooled(unseen), q.pooled(unseen)
    return Binned(p, q, len(p.value) - 1 if reference.other else None)


def valid(column: Categorical) -> int:
    """How many rows hold a category."""
    return column.rows - column.missing - column.invalid


def _spread(column: Categorical, names: list[str]) -> Spread:
    """Counts may be too small: the rest then holds the rows instead."""
    counts = np.array([column.items.get(name, 0) for name in names], dtype=np.float64)
    lost = np.where(counts > 0, column.short, column.slack)
    moved = min(float(lost.sum()), column.other)
    rows = max(column.rows, 1)
    return Spread(
        _with(counts, column.other - moved) / rows,
        _with(counts, column.other) / rows,
        _with(counts + lost, column.other) / rows,
    )


def _with(counts: Numbers, rest: float) -> Numbers:
    return np.append(counts, float(rest))
