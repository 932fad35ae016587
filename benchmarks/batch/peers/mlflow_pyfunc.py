"""MLflow's pyfunc of the ONNX model, with pandas to read and to write.

It is given an array: with a frame, MLflow flattens the probabilities beside the labels into a
column, which has too many rows then, and fails.
"""

from collections.abc import Iterable
from pathlib import Path

import mlflow
import numpy as np
import onnx
import pandas as pd

from benchmarks.answer import answer


def _score(model: Path, table: Path, output: Path) -> Iterable[str]:
    frame = pd.read_parquet(table)
    loaded = mlflow.pyfunc.load_model(str(_folder(model)))
    found = loaded.predict(frame.drop(columns="id").to_numpy(dtype=np.float32))
    labels = next(iter(found.values()))
    pd.DataFrame({"id": frame["id"], "prediction": labels}).to_parquet(output)
    return [f"{len(labels)} rows"]


def _folder(model: Path) -> Path:
    """The MLflow folder of a model, made when the program practises."""
    folder = model.parent / "pyfunc"
    if not folder.exists():
        mlflow.onnx.save_model(onnx.load(model), folder, pip_requirements=[])
    return folder


if __name__ == "__main__":
    answer(score=_score)
