"""How sure a gain is, for any metric: the paired percentile bootstrap.

Rows are drawn with replacement, the same rows for both models, and the gain is computed on each
draw; the lower bound is the (1 - confidence) quantile of these gains (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapters 13 and 16). The p-value is the share of draws in
which the challenger gained nothing, with one added above and below so that it is never zero.

The draws come from a seed: the same rows and answers give the same bound, on any machine.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from scoring.metrics import Array, Metric

DRAWS = 2000
FEWEST_ROWS = 30
"""Below this the draws say more about themselves than about the models."""
_CELLS = 4_000_000
"""How many row counts are held at once: about 32 MB, whatever the number of rows."""


class Bound(Struct, frozen=True):
    """A one-sided lower bound of the gain; `lower` is None when too many draws have no value."""

    lower: float | None
    p_value: float


def paired_bound(
    metric: Metric, challenger: Array, champion: Array, confidence: float, seed: int
) -> Bound:
    """The bound from the metric's parts of both models, a row an observation in the same order.

    A draw in which the metric has no value (R² of rows that are all alike) counts as lost by any
    amount. Identical models have the bound 0 and the p-value 1.

    Raises ValueError below FEWEST_ROWS rows.

    >>> import numpy as np
    >>> from scoring.metrics import METRICS
    >>> small, large = np.full((40, 1), 1.0), np.full((40, 1), 3.0)
    >>> paired_bound(METRICS["mae"], small, large, 0.95, seed=0)
    Bound(lower=2.0, p_value=0.0004997501249375312)
    """
    if len(challenger) < FEWEST_ROWS:
        raise ValueError(f"{len(challenger)} rows; a bootstrap needs at least {FEWEST_ROWS}")
    draws = _draws(len(challenger), np.random.default_rng(seed))
    rows = len(challenger)
    gains = np.concatenate(
        [metric.lead(each @ challenger / rows, each @ champion / rows) for each in draws]
    )
    gains = np.where(np.isnan(gains), -np.inf, gains)
    lower = float(np.quantile(gains, 1 - confidence, method="lower"))
    lost = int(np.sum(gains <= 0))
    return Bound(lower if np.isfinite(lower) else None, (lost + 1) / (DRAWS + 1))


def _draws(rows: int, generator: np.random.Generator) -> Iterator[Array]:
    """Blocks of draws; a draw says how often it has each row."""
    block = max(1, min(DRAWS, _CELLS // rows))
    for start in range(0, DRAWS, block):
        draws = min(block, DRAWS - start)
        picks = generator.integers(0, rows, (draws, rows))
        picks += np.arange(draws)[:, None] * rows
        counts = np.bincount(picks.ravel(), minlength=draws * rows)
        yield counts.reshape(draws, rows).astype(float)
