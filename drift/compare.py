"""Everything that the two windows of one column say, before any policy judges it."""

import numpy as np

from drift.columns import Categorical, Column, Empty, Numeric
from drift.histogram import bars, histogram
from drift.results import Compared, Figure, Shares
from drift.statistics import (
    chi_square,
    jensen_shannon,
    ks,
    psi,
    total_variation,
    unseen,
    unusable,
    wasserstein,
)
from drift.statistics.bins import as_categorical, as_numeric, unlike
from drift.statistics.chi_square import pooled_chi_square
from drift.statistics.ecdf import Ecdf


def compare(reference: Column, current: Column) -> Compared:
    """Compares two windows of one column by every statistic that its kind has.

    The p-value is the least of its tests, times their number: of the values, and of the rows that
    are without one, if any is. Columns of different kinds are a problem, told in one sentence; a
    column without any value is of the other window's kind.

    >>> from drift.build import numeric
    >>> compared = compare(numeric("x", range(1000)), numeric("x", range(500, 1500)))
    >>> compared.effect, round(compared.statistics["psi"].value, 2)
    (0.5, 4.35)
    """
    kind = current.kind if isinstance(reference, Empty) else reference.kind
    problem = _problem(reference, current)
    if problem is not None:
        return Compared(name=reference.name, kind=kind, problem=problem)
    match reference, current:
        case Empty(), Empty():
            return _neither(reference, current)
        case ((Numeric() | Empty() as ours), (Numeric() | Empty() as theirs)):
            return _numeric(kind, as_numeric(ours), as_numeric(theirs))
        case ((Categorical() | Empty() as ours), (Categorical() | Empty() as theirs)):
            return _categorical(kind, as_categorical(ours), as_categorical(theirs))
    raise TypeError(unlike(reference, current))


def _problem(reference: Column, current: Column) -> str | None:
    """Why two columns cannot be compared, if they cannot."""
    if not reference.rows or not current.rows:
        return f"the {'current window' if reference.rows else 'reference'} has no rows"
    if isinstance(reference, Empty) or isinstance(current, Empty):
        return None
    if reference.kind != current.kind:
        return unlike(reference, current)
    return None


def _neither(reference: Empty, current: Empty) -> Compared:
    """Two windows that agree, for there is nothing in either."""
    return Compared(
        name=reference.name,
        kind="empty",
        effect=0.0,
        p_value=1.0,
        reference=_shares(reference, 0.0),
        current=_shares(current, 0.0),
    )


def _numeric(kind: str, reference: Numeric, current: Numeric) -> Compared:
    distance = ks(reference, current)
    gone = unusable(reference, current)
    return Compared(
        name=reference.name,
        kind=kind,
        statistics={
            "psi": psi(reference, current),
            "ks": distance,
            "wasserstein": wasserstein(reference, current),
            "jensen_shannon": jensen_shannon(reference, current),
            "unusable": gone,
        },
        effect=max(distance.at_least, gone.at_least),
        p_value=_smallest(distance, gone),
        reference=_shares(reference, 0.0),
        current=_shares(current, _outside(reference, current)),
        bins=histogram(reference, current),
    )


def _categorical(kind: str, reference: Categorical, current: Categorical) -> Compared:
    moved, new = total_variation(reference, current), unseen(reference, current)
    gone = unusable(reference, current)
    return Compared(
        name=reference.name,
        kind=kind,
        statistics={
            "psi": psi(reference, current),
            "jensen_shannon": jensen_shannon(reference, current),
            "total_variation": moved,
            "chi_square": chi_square(reference, current),
            "unseen": new,
            "unusable": gone,
        },
        effect=max(moved.at_least, gone.at_least),
        p_value=_smallest(pooled_chi_square(reference, current), gone),
        reference=_shares(reference, 0.0),
        current=_shares(current, new.value or 0.0),
        bins=bars(reference, current),
    )


def _smallest(*tests: Figure) -> float:
    """The smallest p-value times the number of tests, so that two chances count as two."""
    p_values = [one.p_value for one in tests if one.p_value is not None]
    return min([1.0, *(p_value * len(p_values) for p_value in p_values)])


def _shares(column: Column, outside: float) -> Shares:
    rows = column.rows
    if isinstance(column, Empty):
        return Shares(missing=1.0)
    infinite = column.infinite if isinstance(column, Numeric) else 0
    return Shares(
        missing=column.missing / rows,
        invalid=column.invalid / rows,
        infinite=infinite / rows,
        outside=outside,
    )


def _outside(reference: Numeric, current: Numeric) -> float:
    """The share of the current window's rows that lie beyond the range of the reference."""
    if reference.low is None or reference.high is None:
        return 0.0
    ecdf = Ecdf(current)
    inside = float(ecdf.at(np.array([reference.high]))[0]) - ecdf.before(reference.low)
    return (1.0 - inside) * current.finite / current.rows if ecdf.total else 0.0
