"""The models: a logistic regression, and gradient boosting of a hundred trees, kept as ONNX."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.batch.data import FEATURES, sample
from benchmarks.environments import FOLDER

Kind = Literal["logistic", "boosting"]
KINDS: tuple[Kind, ...] = ("logistic", "boosting")

_TRAINED_ON = 20_000


def model(kind: Kind) -> Path:
    """An MLflow folder's `model.onnx`, trained once and found after that.

    Its input is a matrix of float32, its first output the label; `ratchet.columns` in its metadata
    names the columns.
    """
    path = FOLDER / "batch" / kind / "model.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(_trained(kind))
        partial.rename(path)
    return path


def _trained(kind: Kind) -> bytes:
    from onnx import helper
    from skl2onnx import to_onnx

    random = np.random.default_rng(0)
    rows = sample(random, _TRAINED_ON)
    drawn = rows[:, 0] + rows[:, 1] * rows[:, 2] + random.normal(0, 0.3, _TRAINED_ON)
    fitted = _classifier(kind).fit(rows, (drawn > 0).astype(int))
    made = to_onnx(fitted, rows[:1].astype(np.float32), options={"zipmap": False})
    helper.set_model_props(made, {"ratchet.columns": json.dumps(FEATURES)})
    content: bytes = made.SerializeToString()
    return content


def _classifier(kind: Kind) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    if kind == "logistic":
        return LogisticRegression()
    return GradientBoostingClassifier(n_estimators=100, random_state=0)
