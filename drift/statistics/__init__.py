"""How far two windows of one column lie apart, by the customary statistics.

Every function takes the reference and the current column and gives a `Figure`. Of columns that were
read whole (`drift.build`) the value is exact; of profiles it comes with the bound of its error, and
its p-value is that of the smallest distance within the bound, so that it never promises too much.
"""

from drift.statistics.chi_square import chi_square
from drift.statistics.jensen_shannon import jensen_shannon
from drift.statistics.ks import ks
from drift.statistics.psi import psi
from drift.statistics.total_variation import total_variation
from drift.statistics.unseen import unseen
from drift.statistics.unusable import unusable
from drift.statistics.wasserstein import wasserstein

__all__ = [
    "chi_square",
    "jensen_shannon",
    "ks",
    "psi",
    "total_variation",
    "unseen",
    "unusable",
    "wasserstein",
]
