"""Mean and spread of numbers that are seen in parts.

Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
variances", 1979. The spread is kept as a standard deviation, and squares are taken of shares of the
largest magnitude, so that no number is too large.
"""

import math
from typing import NamedTuple

import numpy as np

from drift.columns import Numbers

_SQUARES_HOLD = 1e140
_BLOCK = 8192


class Moments(NamedTuple):
    """Rows, least, greatest, mean and standard deviation (of the population)."""

    rows: int
    low: float
    high: float
    mean: float
    std: float


def moments_of(values: Numbers, low: float, high: float) -> Moments | None:
    """The moments of finite numbers between `low` and `high`; None when there are none.

    >>> moments_of(np.array([1.0, 2.0, 3.0, 6.0]), 1.0, 6.0)
    Moments(rows=4, low=1.0, high=6.0, mean=3.0, std=1.8708286933869707)
    """
    if not len(values):
        return None
    largest = max(abs(low), abs(high))
    scale = largest if largest > _SQUARES_HOLD else 1.0
    shares = values / scale if scale != 1.0 else values
    mean = float(shares.mean())
    spread = math.sqrt(_squares(shares, mean) / len(values))
    return Moments(len(values), low, high, _within(mean * scale, low, high), spread * scale)


def combined(one: Moments | None, other: Moments | None) -> Moments | None:
    """The moments of both parts together.

    >>> one = moments_of(np.array([1.0, 2.0]), 1.0, 2.0)
    >>> combined(one, moments_of(np.array([3.0, 6.0]), 3.0, 6.0))
    Moments(rows=4, low=1.0, high=6.0, mean=3.0, std=1.8708286933869707)
    """
    if one is None or other is None:
        return one or other
    rows = one.rows + other.rows
    share, rest = one.rows / rows, other.rows / rows
    low, high = min(one.low, other.low), max(one.high, other.high)
    mean = _within(one.mean * share + other.mean * rest, low, high)
    scale = max(abs(one.mean), abs(other.mean), one.std, other.std) or 1.0
    apart = one.mean / scale - other.mean / scale
    within = share * (one.std / scale) ** 2 + rest * (other.std / scale) ** 2
    std = scale * math.sqrt(within + share * rest * apart**2)
    return Moments(rows, low, high, mean, std)


def _squares(shares: Numbers, mean: float) -> float:
    """The sum of squared distances from the mean, in blocks that stay in the processor's cache."""
    room = np.empty(_BLOCK)
    total = 0.0
    for start in range(0, len(shares), _BLOCK):
        block = shares[start : start + _BLOCK]
        away = np.subtract(block, mean, out=room[: len(block)])
        total += float(away @ away)
    return total


def _within(mean: float, low: float, high: float) -> float:
    """A mean that rounding has not carried out of the range."""
    return min(max(mean, low), high)
