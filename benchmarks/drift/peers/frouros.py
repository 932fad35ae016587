"""Frouros: one detector a statistic and column; it has no default of its own."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from frouros.detectors.data_drift import EMD, JS, PSI, ChiSquareTest, KSTest

from benchmarks.answer import answer

_NUMERIC = {"psi": PSI, "ks": KSTest, "wasserstein": EMD, "jensen_shannon": JS}


def _every(reference: Path, current: Path) -> Iterable[str]:
    """It takes no missing values, so they are left out before."""
    before, after = pd.read_parquet(reference), pd.read_parquet(current)
    for name in before:
        windows = before[name].dropna().to_numpy(), after[name].dropna().to_numpy()
        numeric = windows[0].dtype.kind in "fi"
        for detector in _NUMERIC.values() if numeric else [ChiSquareTest]:
            asked = detector()
            asked.fit(X=windows[0])
            asked.compare(X=windows[1])
    return {*_NUMERIC, "chi_square"}


if __name__ == "__main__":
    answer(every=_every)
