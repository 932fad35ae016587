"""pandas and ONNX Runtime, as one would put them together: all rows in memory, all cores."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

from benchmarks.answer import answer


def _score(model: Path, table: Path, output: Path) -> Iterable[str]:
    frame = pd.read_parquet(table)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name, label = session.get_inputs()[0].name, session.get_outputs()[0].name
    matrix = frame.drop(columns="id").to_numpy(dtype=np.float32)
    (labels,) = session.run([label], {name: matrix})
    pd.DataFrame({"id": frame["id"], "prediction": labels}).to_parquet(output)
    return [f"{len(labels)} rows"]


if __name__ == "__main__":
    answer(score=_score)
