"""alibi-detect: its detector for tables, Kolmogorov–Smirnov and chi-square."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from alibi_detect.cd import TabularDrift

from benchmarks.answer import answer


def _default(reference: Path, current: Path) -> Iterable[str]:
    """It takes one array of numbers without gaps, so categories are coded and gaps filled."""
    before, after = pd.read_parquet(reference), pd.read_parquet(current)
    categories = {}
    for position, name in enumerate(before):
        if before[name].dtype.kind == "O":
            known = before[name].unique()
            before[name] = pd.Categorical(before[name], categories=known).codes
            after[name] = pd.Categorical(after[name], categories=known).codes
            categories[position] = list(range(len(known)))
    windows = [np.nan_to_num(one.to_numpy(dtype=np.float64)) for one in (before, after)]
    TabularDrift(windows[0], p_val=0.05, categories_per_feature=categories).predict(windows[1])
    return ["ks", "chi_square"]


if __name__ == "__main__":
    answer(default=_default)
