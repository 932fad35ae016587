"""The model as an application of one's own runs it: ONNX Runtime on one thread, the label alone."""

import numpy as np
from onnxruntime import InferenceSession, SessionOptions

from benchmarks.online.model import ONNX


class Session:
    """What answers rows; in a thread each when it is asked so."""

    def __init__(self) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = InferenceSession(ONNX, options, providers=["CPUExecutionProvider"])
        self._rows = self._session.get_inputs()[0].name
        self._label = self._session.get_outputs()[0].name

    def labels(self, rows: list[list[float]]) -> list[int]:
        """A label a row."""
        matrix = np.asarray(rows, dtype=np.float32)
        labels: list[int] = self._session.run([self._label], {self._rows: matrix})[0].tolist()
        return labels
