"""How likely a Kolmogorov–Smirnov distance is by chance, for samples of any size.

Each way where it is exact enough: tails are twice Smirnov's one-sided probability, small samples a
power of a matrix, and large ones a series in 1/√n. `scipy.stats.kstwo` is the same to 1e-9, but
takes half a second to import, and another for the tail of a million rows.
"""

import math

import numpy as np
from scipy.special import gammaln, smirnov

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

SMALL = 140
MANY = 10_000
_TERMS = np.arange(10.0)
_HALVES, _WHOLES = (np.pi * (_TERMS + 0.5)) ** 2, (np.pi * _TERMS) ** 2


def survival(distance: float, rows: int) -> float:
    """The probability that one sample of so many rows lies at least so far from its distribution.

    Source: Simard and L'Ecuyer, Computing the Two-Sided Kolmogorov–Smirnov Distribution (2011).

    >>> round(survival(0.1, 100), 4)
    0.2527
    """
    square = rows * distance**2
    if distance >= 1 or rows * distance <= 0.5:
        return 0.0 if distance >= 1 else 1.0
    if distance >= 0.5 or square >= (4 if rows <= SMALL else 2.2):
        return min(2 * _tail(distance, rows), 1.0)
    if rows <= SMALL or (rows <= 100_000 and rows * distance**1.5 <= 1.4):
        below = _power(distance, rows)
    else:
        below = _series(math.sqrt(square), rows)
    return min(max(1.0 - below, 0.0), 1.0)


def _tail(distance: float, rows: int) -> float:
    """The probability that the sample lies so far above its distribution somewhere.

    The exact one takes time in proportion to the rows, and a second for half a million. From
    `MANY` on the first terms of its logarithm in 1/√n are within 3e-10 where it is used.

    Source: Lauwerier, The Asymptotic Expansion of the Statistical Distribution of N. V. Smirnov
    (1963).
    """
    if rows < MANY:
        return float(smirnov(rows, distance))
    root = math.sqrt(rows)
    z = distance * root
    terms = (
        -2 * z**2,
        -2 * z / 3,
        4 * (z**2 - z**4) / 9,
        4 * z / 45 - 88 * z**3 / 405,
    )
    return math.exp(math.fsum(term / root**power for power, term in enumerate(terms)))


def _power(distance: float, rows: int) -> float:
    """The probability of a smaller distance: an entry of H**n, times n! / n**n.

    Source: Marsaglia, Tsang and Wang, Evaluating Kolmogorov's Distribution (2003).
    """
    k = math.ceil(rows * distance)
    base, power, scale = _steps(k, k - rows * distance), np.eye(2 * k - 1), 0.0
    base_scale = 0.0
    for bit in reversed(f"{rows:b}"):
        if bit == "1":
            power, scale = power @ base, scale + base_scale
            power, scale = _scaled(power, scale)
        base, base_scale = _scaled(base @ base, 2 * base_scale)
    entry = float(power[k - 1, k - 1])
    if entry <= 0:
        return 0.0
    return math.exp(math.log(entry) + scale + float(gammaln(rows + 1)) - rows * math.log(rows))


def _scaled(matrix: Matrix, scale: float) -> tuple[Matrix, float]:
    """The matrix with a largest entry of 1, and the logarithm of what it was divided by, added."""
    largest = float(matrix.max())
    return matrix / largest, scale + math.log(largest)


def _steps(k: int, h: float) -> Matrix:
    """The matrix H of 2k - 1 rows, for a distance of (k - h) / n."""
    size = 2 * k - 1
    down = np.subtract.outer(np.arange(size), np.arange(size)) + 1
    ones = np.where(down >= 0, 1.0, 0.0)
    ones[:, 0] -= h ** np.arange(1.0, size + 1)
    ones[-1] -= h ** np.arange(float(size), 0, -1)
    ones[-1, 0] += max(2 * h - 1, 0.0) ** size
    factorials: Matrix = np.exp(gammaln(np.maximum(down, 0) + 1))
    return ones / factorials


def _series(z: float, rows: int) -> float:
    """The probability of a distance below z / √n.

    Source: Pelz and Good, Approximating the Lower Tail-Areas of the Kolmogorov–Smirnov One-Sample
    Statistic (1976).
    """
    h, k = _HALVES, _WHOLES
    at_halves, at_wholes = np.exp(-h / (2 * z**2)), np.exp(-k / (2 * z**2))
    first = (h - z**2) / (6 * z**4)
    second = 6 * z**6 + 2 * z**4 + (2 * z**4 - 5 * z**2) * h + (1 - 2 * z**2) * h**2
    third = (
        (5 - 30 * z**2) * h**3
        + (212 * z**4 - 60 * z**2) * h**2
        + (135 * z**4 - 96 * z**6) * h
        - 30 * z**6
        - 90 * z**8
    )
    terms = (
        at_halves / z,
        at_halves * first,
        at_halves * second / (72 * z**7) - at_wholes * k / (36 * z**3),
        at_halves * third / (6480 * z**10) + at_wholes * (3 * k * z**2 - k**2) / (216 * z**6),
    )
    sums = (float(term.sum()) / rows ** (power / 2) for power, term in enumerate(terms))
    return math.sqrt(2 * math.pi) * math.fsum(sums)
