"""Admission: how long a stranger's model is examined, beside the least that a look at it takes."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from benchmarks.measure import Figure, median_of, median_ratio
from scoring.admission.admit import admit
from scoring.admission.verdict import Admission

_MEBIBYTE = 1 << 20
_WIDTH = 20

_LEAST = """
import os, sys
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnx, onnxruntime
content = open(sys.argv[1], "rb").read()
onnx.load_model_from_string(content)
onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
"""
"""What nobody who opens a model in a process of its own can leave out; nothing is examined."""


def figures() -> Iterator[Figure]:
    """A model of 10 MB: seconds in all, its own process included, and times the least."""
    with tempfile.TemporaryDirectory(prefix="ratchet-bench-") as folder:
        model = Path(folder) / "model.onnx"
        model.write_bytes(_network(10 * _MEBIBYTE))
        seconds = median_of(5, lambda: _admission(model))
        ratio = median_ratio(5, lambda: _admission(model), lambda: _least(model))
    yield Figure(
        what="admission of a 10 MB model, with its own process: seconds",
        value=f"{seconds:.2f}",
        bound="under 1",
        holds=seconds < 1,
    )
    yield Figure(
        what="… / start Python, import onnx and ONNX Runtime, parse, open one session",
        value=f"{ratio:.2f}",
        bound="at most 1.5",
        holds=ratio <= 1.5,
    )


def _admission(model: Path) -> float:
    begin = time.perf_counter()
    verdict = admit(model)
    seconds = time.perf_counter() - begin
    if not isinstance(verdict, Admission):
        raise TypeError(f"the model was refused: {verdict.sentence}")
    return seconds


def _least(model: Path) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", _LEAST, str(model)], check=True)
    return time.perf_counter() - begin


def _network(size: int) -> bytes:
    """Two dense layers whose weights take so many bytes."""
    inner = size // (4 * (_WIDTH + 1))
    nodes = [
        helper.make_node("MatMul", ["rows", "first"], ["inner"]),
        helper.make_node("MatMul", ["inner", "second"], ["answers"]),
    ]
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, _WIDTH])
    answers = helper.make_tensor_value_info("answers", TensorProto.FLOAT, [None, 1])
    weights = [_weights("first", (_WIDTH, inner)), _weights("second", (inner, 1))]
    graph = helper.make_graph(nodes, "network", [rows], [answers], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def _weights(name: str, shape: tuple[int, int]) -> TensorProto:
    values = np.random.default_rng(0).normal(0, 0.01, shape).astype(np.float32)
    return helper.make_tensor(name, TensorProto.FLOAT, shape, values.tobytes(), raw=True)
