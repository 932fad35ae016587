"""How sure and how large a change has to be before a window counts as drifted."""

from typing import Literal

from msgspec import Struct

NumericStatistic = Literal["psi", "ks", "wasserstein", "jensen_shannon"]
CategoricalStatistic = Literal["psi", "total_variation", "jensen_shannon"]

THRESHOLDS = {
    "psi": 0.2,
    "ks": 0.1,
    "wasserstein": 0.25,
    "jensen_shannon": 0.15,
    "total_variation": 0.1,
}
"""Above which a score is large; a policy may say otherwise for any of them.

The customary limits of PSI are 0.1 (moderate) and 0.25 (large). The others are about what a normal
distribution scores that moves by a quarter to a half of its standard deviation.
"""


class Judging(Struct, frozen=True, kw_only=True):
    """When a column drifted: its score is large, no chance, and concerns enough rows.

    All three have to hold. `threshold` limits the score of the statistic (the customary one in
    `THRESHOLDS` when None). `alpha` bounds the share of false alarms among windows: p-values are
    adjusted over all columns by `adjust`; 1 leaves p-values out. `floor` is the smallest share of
    the rows that has to have moved (0 leaves it out). A window of fewer than `min_rows` rows is
    unknown. A column is calm when its score is below `calm` times its threshold, or is no more than
    chance.
    """

    numeric: NumericStatistic = "psi"
    categorical: CategoricalStatistic = "psi"
    threshold: float | None = None
    alpha: float = 0.05
    adjust: Literal["benjamini_hochberg", "bonferroni", "none"] = "benjamini_hochberg"
    floor: float = 0.05
    min_rows: int = 200
    calm: float = 0.75


NEVER = Judging(floor=2.0)
"""The dumbest baseline: no column drifts, for no more than all of the rows can move."""

CUSTOMARY = Judging(alpha=1.0, floor=0.0)
"""What monitors do by custom: a score beyond its threshold is a drift, chance or not."""
