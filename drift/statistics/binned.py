"""Shares of rows bin by bin, and what a sum over bins can be when the shares are not quite known.

PSI, Jensen–Shannon, total variation and chi-square are sums of one term a bin, f(p, q), which is 0
where the shares of both windows are equal and grows with either as it moves away from the other.
Hence over a rectangle of shares a term is largest at one of two corners, and least where the
rectangle comes nearest to p = q: that is all that the error bounds of profiles need.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from drift.columns import Numbers
from drift.results import Figure

Term = Callable[[Numbers, Numbers], Numbers]


class Spread(Struct, frozen=True, eq=False):
    """Shares of one window's rows, and between what they lie for certain; each (bins,)."""

    low: Numbers
    value: Numbers
    high: Numbers

    def joined(self, exact: Sequence[float]) -> "Spread":
        """With bins appended whose shares are known."""
        return Spread(*(np.append(part, exact) for part in (self.low, self.value, self.high)))

    def scaled(self, factor: float) -> "Spread":
        """As shares of more rows than those of these bins."""
        return Spread(self.low * factor, self.value * factor, self.high * factor)

    def pooled(self, bins: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> "Spread":
        """With the marked bins as one, which is the last."""
        parts = (self.low, self.value, self.high)
        return Spread(*(np.append(part[~bins], part[bins].sum()) for part in parts))


class Binned(Struct, frozen=True, eq=False):
    """Both windows in the same bins.

    `split` is the bin, if any, that holds an unknown number of small ones, which a window read
    whole would tell apart: between nothing and all that is possible may come of them.
    """

    reference: Spread
    current: Spread
    split: int | None = None

    def joined(self, reference: Sequence[float], current: Sequence[float]) -> "Binned":
        """With bins appended whose shares are known."""
        return Binned(self.reference.joined(reference), self.current.joined(current), self.split)


def figure(
    term: Term, tables: Sequence[Binned], of_sum: Callable[[float], float] = float
) -> Figure:
    """The statistic that is a sum over bins, or what grows with that sum, and its bounds."""
    value, low, high = map(of_sum, summed(term, tables))
    return Figure(value=value, error=max(value - low, high - value), floor=low)


def summed(term: Term, tables: Sequence[Binned]) -> tuple[float, float, float]:
    """The sum of a term over the bins of the first table: its value, and its least and its most.

    Where it is not certain which bins a window read whole would have, the others are those that are
    possible as well.
    """
    value = float(term(tables[0].reference.value, tables[0].current.value).sum())
    low = min(float(_least(term, table).sum()) for table in tables)
    high = max(float(_most(term, table).sum()) for table in tables)
    return value, min(low, value), max(high, value)


def _least(term: Term, table: Binned) -> Numbers:
    """Where the rectangle of shares is nearest to equal ones."""
    p, q = table.reference, table.current
    above, below = p.low > q.high, p.high < q.low
    near_p = np.where(above, p.low, np.where(below, p.high, 0.0))
    near_q = np.where(above, q.high, np.where(below, q.low, 0.0))
    least = term(near_p, near_q)
    if table.split is not None:
        least[table.split] = 0.0
    return least


def _most(term: Term, table: Binned) -> Numbers:
    """At the corner furthest from equal shares; in a split bin, as if no small one were shared."""
    p, q = table.reference, table.current
    most = np.maximum(term(p.low, q.high), term(p.high, q.low))
    if table.split is not None:
        at, none = [table.split], np.zeros(1)
        most[at] = term(p.high[at], none) + term(none, q.high[at])
    return most
