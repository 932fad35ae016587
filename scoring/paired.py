"""Accuracy of two models on the same rows: McNemar's exact test and the bound that is its dual.

Both models answer the same n rows. Rows that both or neither have right say nothing about which
is better; only the m = b + c discordant ones do, b right by the challenger alone and c by the
champion alone. Given m, b is binomial with some probability θ that a discordant row is the
challenger's, and the gain in accuracy is

    gain = (b - c) / n = (m / n) (2 b / m - 1)

McNemar's exact one-sided p-value is the chance of b or more heads in m fair tosses,

    p = P(B ≥ b | m, 1/2) = I_½(b, c + 1)

with I the regularised incomplete beta function. Its dual is the one-sided lower bound of Clopper
and Pearson, the θ at which that chance equals 1 - confidence, carried to the gain:

    I_θ(b, c + 1) = 1 - confidence,    lower = (m / n) (2 θ - 1)

So `lower > 0` exactly when `p < 1 - confidence`: a gate that asks for a bound above zero is
McNemar's exact test. The bound is conditional: it takes the share m / n of discordant rows as
observed, and so is exact against zero and an approximation against any other margin (Fay and
Lumbard, 2021, discuss bounds that are not).

References:
    McNemar (1947), Psychometrika 12:153-157. Clopper and Pearson (1934), Biometrika 26:404-413.
    Liddell (1983), Journal of Epidemiology and Community Health 37:82-84.
    Fay and Lumbard (2021), Statistics in Medicine 40:1147-1159, doi 10.1002/sim.8829.
"""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class PairedAccuracy(Struct, frozen=True, kw_only=True):
    """The fourfold table of two models on the same rows, and what it says of the gain."""

    rows: int
    both_right: int
    only_challenger: int
    only_champion: int
    gain: float
    lower: float | None
    p_value: float


def paired_accuracy(
    challenger_right: NDArray[Any], champion_right: NDArray[Any], confidence: float
) -> PairedAccuracy:
    """Compare two models by which rows each has right (booleans, the same rows in both).

    `confidence` is one-sided and below 1; with 0 nobody asks for a bound, and it is None. With no
    discordant row gain and bound are 0 and p is 1: the models are the same on these rows. When
    c = 0 the bound is above zero as soon as m ≥ log(1 - confidence) / log(1/2), five rows at 0.95.

    Raises ValueError when the lengths differ or there is no row.

    The media of Armitage and Berry (1994, page 127), 50 specimens, 12 against 2:

    >>> import numpy as np
    >>> right = np.repeat([True, True, False, False], [20, 12, 2, 16])
    >>> other = np.repeat([True, False, True, False], [20, 12, 2, 16])
    >>> found = paired_accuracy(right, other, 0.95)
    >>> found.only_challenger, found.only_champion, found.gain
    (12, 2, 0.2)
    >>> f"{found.p_value:.6f} {found.lower:.6f}"
    '0.006470 0.064182'
    """
    ours, theirs = np.asarray(challenger_right, bool), np.asarray(champion_right, bool)
    if ours.shape != theirs.shape or not ours.size:
        raise ValueError(f"paired rows needed, found {ours.shape} and {theirs.shape}")
    only_challenger = int(np.sum(ours & ~theirs))
    only_champion = int(np.sum(theirs & ~ours))
    return PairedAccuracy(
        rows=ours.size,
        both_right=int(np.sum(ours & theirs)),
        only_challenger=only_challenger,
        only_champion=only_champion,
        gain=(only_challenger - only_champion) / ours.size,
        lower=_gain_bound(only_challenger, only_champion, ours.size, confidence),
        p_value=mcnemar_p_value(only_challenger, only_champion),
    )


def mcnemar_p_value(only_challenger: int, only_champion: int) -> float:
    """The exact one-sided p-value against "no better than the champion".

    >>> mcnemar_p_value(3, 1)  # 3 or 4 heads in 4 tosses: 5 of 16
    0.3125
    >>> mcnemar_p_value(0, 7)
    1.0
    """
    from scipy.special import betainc

    if not only_challenger:
        return 1.0
    return float(betainc(only_challenger, only_champion + 1, 0.5))


def share_bound(successes: int, failures: int, confidence: float) -> float:
    """Clopper and Pearson's exact one-sided lower bound of a proportion; 0 without a success.

    >>> round(share_bound(3, 12, 0.95), 8)  # 3 of 15
    0.05684687
    """
    from scipy.special import betaincinv

    if not successes:
        return 0.0
    return float(betaincinv(successes, failures + 1, 1 - confidence))


def _gain_bound(
    only_challenger: int, only_champion: int, rows: int, confidence: float
) -> float | None:
    if not confidence:
        return None
    discordant = only_challenger + only_champion
    share = share_bound(only_challenger, only_champion, confidence)
    return discordant / rows * (2 * share - 1)
