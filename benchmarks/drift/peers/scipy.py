"""SciPy, NumPy and pandas, as a practitioner would put them together: every statistic of ours."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

from benchmarks.answer import answer

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

_FLOOR = 1e-4
_STATISTICS = (
    "psi",
    "ks",
    "wasserstein",
    "jensen_shannon",
    "chi_square",
    "total_variation",
    "unseen",
    "missing",
)


def _every(reference: Path, current: Path) -> Iterable[str]:
    before, after = pd.read_parquet(reference), pd.read_parquet(current)
    for name in before:
        before[name].isna().mean(), after[name].isna().mean()
        windows = before[name].dropna(), after[name].dropna()
        if pd.api.types.is_numeric_dtype(before[name]):
            _numeric(*(one.to_numpy(dtype=np.float64) for one in windows))
        else:
            _categorical(*windows)
    return _STATISTICS


def _numeric(before: Floats, after: Floats) -> list[float]:
    inner = np.unique(np.quantile(before, np.linspace(0, 1, 11)))[1:-1]
    edges = np.concatenate([[-np.inf], inner, [np.inf]])
    shares = [np.histogram(one, edges)[0] / len(one) for one in (before, after)]
    chance = stats.ks_2samp(before, after, method="asymp").pvalue
    distance = stats.wasserstein_distance(before, after) / before.std()
    return [chance, distance, *_of_shares(*shares)]


def _categorical(before: "pd.Series[str]", after: "pd.Series[str]") -> list[float]:
    counts = pd.concat([before.value_counts(), after.value_counts()], axis=1).fillna(0).to_numpy()
    shares = counts / counts.sum(axis=0)
    chance = stats.chi2_contingency(counts).pvalue
    variation = np.abs(shares[:, 0] - shares[:, 1]).sum() / 2
    unseen = shares[counts[:, 0] == 0, 1].sum()
    return [chance, variation, unseen, *_of_shares(*shares.T)]


def _of_shares(before: Floats, after: Floats) -> tuple[float, float]:
    one, other = np.maximum(before, _FLOOR), np.maximum(after, _FLOOR)
    stability = ((other - one) * np.log(other / one)).sum()
    return float(stability), float(jensenshannon(before, after, base=2.0))


if __name__ == "__main__":
    answer(every=_every)
