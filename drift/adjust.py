"""P-values of many tests at once, comparable with the share of false alarms that is allowed."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

Method = Literal["benjamini_hochberg", "bonferroni", "none"]


def adjust(p_values: Sequence[float], method: Method) -> tuple[float, ...]:
    """P-values such that those of at most alpha may be taken as no chance, in the given order.

    Benjamini–Hochberg: the k-th smallest of m becomes min over j ≥ k of p(j) m / j, which bounds
    the expected share of false ones among those taken; if nothing changed at all, it bounds the
    probability to take any. Bonferroni: each times m, which bounds that probability always.

    Source: Benjamini and Hochberg, Controlling the False Discovery Rate (1995).

    >>> adjust([0.01, 0.04, 0.03], "benjamini_hochberg")
    (0.03, 0.04, 0.04)
    >>> adjust([0.01, 0.04, 0.03], "bonferroni")
    (0.03, 0.12, 0.09)
    """
    if method == "none":
        return tuple(p_values)
    count = len(p_values)
    if method == "bonferroni":
        return tuple(min(p_value * count, 1.0) for p_value in p_values)
    order = sorted(range(count), key=lambda at: p_values[at], reverse=True)
    scaled = [p_values[at] * count / (count - place) for place, at in enumerate(order)]
    adjusted = dict(zip(order, accumulate(scaled, min), strict=True))
    return tuple(min(adjusted[at], 1.0) for at in range(count))
