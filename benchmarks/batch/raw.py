"""The three things that nobody gets round, each alone, at its quickest, with no regard to memory.

Read the whole file, run ONNX Runtime with all cores on an array that is in memory, write the id and
the score. What is found are the seconds of each.
"""

import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.answer import answer


def _raw(model: Path, table: Path, output: Path) -> Iterable[str]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    outputs, name = [session.get_outputs()[0].name], session.get_inputs()[0].name

    begin = time.perf_counter()
    read = pq.read_table(table)
    yield f"read {time.perf_counter() - begin}"

    columns = [column.to_numpy() for column in read.columns[1:]]
    matrix = np.column_stack(columns).astype(np.float32)
    session.run(outputs, {name: matrix[:1]})
    begin = time.perf_counter()
    answers = session.run(outputs, {name: matrix})[0]
    yield f"run {time.perf_counter() - begin}"

    scored = pa.table([read["id"], pa.array(answers)], names=["id", "prediction"])
    begin = time.perf_counter()
    pq.write_table(scored, output)
    yield f"write {time.perf_counter() - begin}"


if __name__ == "__main__":
    answer(raw=_raw)
