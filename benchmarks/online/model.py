"""What every server serves: a logistic regression of twenty numbers, and the rows that it is sent.

Trained once and kept as ONNX and as a pickle, so that each peer serves the form that it likes; both
answer every row alike.
"""

import functools
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.environments import FOLDER

_FOLDER = FOLDER / "online"
_TRAINED_ON, _SENT, _WIDTH = 10_000, 64, 20

ONNX = _FOLDER / "model.onnx"
PICKLE = _FOLDER / "model.pickle"


class Sent:
    """The rows of the requests, one each, and the label that each has to be answered with."""

    def __init__(self, rows: list[list[float]], labels: list[int]) -> None:
        self.rows = rows
        self.labels = labels


@functools.cache
def sent() -> Sent:
    """The rows that are sent, in turn; the model's files are there after that."""
    if not (ONNX.exists() and PICKLE.exists()):
        _train()
    classifier = pickle.loads(PICKLE.read_bytes())  # noqa: S301 - we wrote it ourselves.
    # As float32, which is what the ONNX model computes with: no row lies on the border.
    rows = np.random.default_rng(1).normal(size=(_SENT, _WIDTH)).astype("float32")
    return Sent(rows.round(4).astype(float).round(4).tolist(), classifier.predict(rows).tolist())


def _train() -> None:
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(0)
    rows = random.normal(size=(_TRAINED_ON, _WIDTH)).astype("float32")
    labels = (rows @ random.normal(size=_WIDTH) + random.normal(size=_TRAINED_ON) > 0).astype(int)
    classifier: Any = LogisticRegression().fit(rows, labels)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    model = to_onnx(classifier, rows[:1], options={"zipmap": False})
    _written(ONNX, model.SerializeToString())
    _written(PICKLE, pickle.dumps(classifier))


def _written(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.rename(path)
