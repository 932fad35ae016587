"""NannyML, the current window as one chunk: its default, Jensen–Shannon; or all that it has."""

from collections.abc import Iterable
from pathlib import Path

import nannyml
import pandas as pd

from benchmarks.answer import answer

_NUMERIC = ["kolmogorov_smirnov", "jensen_shannon", "wasserstein", "hellinger"]
_CATEGORICAL = ["chi2", "jensen_shannon", "hellinger", "l_infinity"]


def _default(reference: Path, current: Path) -> Iterable[str]:
    _run(reference, current, ["jensen_shannon"], ["jensen_shannon"])
    return ["jensen_shannon"]


def _every(reference: Path, current: Path) -> Iterable[str]:
    _run(reference, current, _NUMERIC, _CATEGORICAL)
    return {*_NUMERIC, *_CATEGORICAL}


def _run(reference: Path, current: Path, numeric: list[str], categorical: list[str]) -> None:
    frame = pd.read_parquet(reference)
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(frame),
        continuous_methods=numeric,
        categorical_methods=categorical,
        chunk_number=1,
    )
    calculator.fit(frame).calculate(pd.read_parquet(current)).to_df()


if __name__ == "__main__":
    answer(default=_default, every=_every)
