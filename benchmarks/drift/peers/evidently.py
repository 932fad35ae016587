"""Evidently: its own preset chooses one statistic a column; or all that both of us have."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift
from evidently.presets import DataDriftPreset

from benchmarks.answer import answer

_NUMERIC = {
    "psi": "psi",
    "ks": "ks",
    "wasserstein": "wasserstein",
    "jensenshannon": "jensen_shannon",
}
_CATEGORICAL = {"psi": "psi", "chisquare": "chi_square", "jensenshannon": "jensen_shannon"}
"""Its total variation is a permutation test, which takes many minutes: it is not asked for."""


def _default(reference: Path, current: Path) -> Iterable[str]:
    frame = pd.read_parquet(reference)
    _run([DataDriftPreset()], frame, current)
    return ["wasserstein", "jensen_shannon"]


def _every(reference: Path, current: Path) -> Iterable[str]:
    frame = pd.read_parquet(reference)
    numeric, categorical = _columns(frame)
    asked = [ValueDrift(column=name, method=one) for name in numeric for one in _NUMERIC]
    asked += [ValueDrift(column=name, method=one) for name in categorical for one in _CATEGORICAL]
    _run(asked, frame, current)
    return {*_NUMERIC.values(), *_CATEGORICAL.values()}


def _run(asked: list[Any], reference: pd.DataFrame, current: Path) -> None:
    numeric, categorical = _columns(reference)
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=categorical)
    windows = (pd.read_parquet(current), reference)
    Report(asked).run(*(Dataset.from_pandas(one, data_definition=definition) for one in windows))


def _columns(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    numeric = list(frame.select_dtypes("number").columns)
    return numeric, [name for name in frame.columns if name not in numeric]


if __name__ == "__main__":
    answer(default=_default, every=_every)
