"""ONNX models made by hand, so that tests know every number in them."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from scoring.sessions import Model, load_model

OPSETS = (helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3))


def table(width: int | None = 2, kind: int = TensorProto.FLOAT, name: str = "X"):
    return helper.make_tensor_value_info(name, kind, [None, width])


def build(
    nodes: list[Any],
    inputs: list[Any],
    outputs: list[Any],
    *,
    initializers: Sequence[Any] = (),
    columns: Any = None,
    opsets: Sequence[Any] = OPSETS,
    ir: int = 8,
) -> bytes:
    """A model's bytes, as `onnx` writes them."""
    graph = helper.make_graph(nodes, "made", inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=list(opsets), ir_version=ir)
    if columns is not None:
        helper.set_model_props(model, {"ratchet.columns": json.dumps(columns)})
    return bytes(model.SerializeToString())


def regressor(weights: Sequence[float], *, columns: Any = None) -> bytes:
    """Answers the weighted sum of a row."""
    node = helper.make_node(
        "LinearRegressor",
        ["X"],
        ["Y"],
        domain="ai.onnx.ml",
        coefficients=list(weights),
        intercepts=[0.0],
        targets=1,
    )
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, 1])
    return build([node], [table(len(weights))], [output], columns=columns)


def classifier(
    labels: Sequence[int] | Sequence[str],
    *,
    zipmap: bool = True,
    columns: Any = None,
    offset: float = 0.0,
) -> bytes:
    """Answers the label whose column is the largest, with softmax probabilities.

    `offset` is added to the first column: a way to make a model that errs.
    """
    count = len(labels)
    text = isinstance(labels[0], str)
    names: dict[str, Any] = {"classlabels_strings" if text else "classlabels_ints": list(labels)}
    identity = [float(row == column) for row in range(count) for column in range(count)]
    nodes = [
        helper.make_node(
            "LinearClassifier",
            ["X"],
            ["label", "scores"],
            domain="ai.onnx.ml",
            coefficients=identity,
            intercepts=[offset] + [0.0] * (count - 1),
            multi_class=1,
            post_transform="SOFTMAX",
            **names,
        )
    ]
    kind = TensorProto.STRING if text else TensorProto.INT64
    outputs = [helper.make_tensor_value_info("label", kind, [None])]
    if zipmap:
        zip_names: dict[str, Any] = {
            "classlabels_strings" if text else "classlabels_int64s": list(labels)
        }
        nodes.append(
            helper.make_node(
                "ZipMap", ["scores"], ["probabilities"], domain="ai.onnx.ml", **zip_names
            )
        )
        value = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
        mapped = helper.make_sequence_type_proto(helper.make_map_type_proto(kind, value))
        outputs.append(helper.make_value_info("probabilities", mapped))
    else:
        outputs.append(helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, count]))
    return build(nodes, [table(count)], outputs, columns=columns)


def constant(answer: float, width: int = 2) -> bytes:
    """Answers every row with one number, so that an answer tells which model gave it."""
    weights = helper.make_tensor("W", TensorProto.FLOAT, [width, 1], [0.0] * width)
    bias = helper.make_tensor("B", TensorProto.FLOAT, [1], [answer])
    nodes = [helper.make_node("Gemm", ["X", "W", "B"], ["Y"])]
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, 1])
    return build(nodes, [table(width)], [output], initializers=[weights, bias])


def endless(width: int = 2) -> bytes:
    """A loop whose condition stays true and whose trip count is the largest there is."""
    keep = helper.make_node("Identity", ["keep_in"], ["keep_out"])
    same = helper.make_node("Identity", ["row_in"], ["row_out"])
    body = helper.make_graph(
        [keep, same],
        "body",
        [
            helper.make_tensor_value_info("count", TensorProto.INT64, []),
            helper.make_tensor_value_info("keep_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info("row_in", TensorProto.FLOAT, [None, width]),
        ],
        [
            helper.make_tensor_value_info("keep_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("row_out", TensorProto.FLOAT, [None, width]),
        ],
    )
    trips = helper.make_tensor("trips", TensorProto.INT64, [], [2**62])
    yes = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
    loop = helper.make_node("Loop", ["trips", "yes", "X"], ["Y"], body=body)
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, width])
    return build([loop], [table(width)], [output], initializers=[trips, yes])


def external(location: str) -> bytes:
    """A model whose weights are said to lie in another file."""
    model = onnx.load_from_string(constant(1.0))
    weights = model.graph.initializer[0]
    weights.ClearField("float_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": "8"}.items():
        entry = weights.external_data.add()
        entry.key, entry.value = key, value
    return bytes(model.SerializeToString())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def loaded(content: bytes) -> Model:
    return load_model(content, digest(content))


def in_folder(folder: Path, content: bytes) -> Path:
    """A model folder, as MLflow lays it out."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    (folder / "MLmodel").write_text("artifact_path: model\nflavors: {onnx: {data: model.onnx}}\n")
    return folder


def slow(trips: int, width: int = 2) -> bytes:
    """Answers every row with itself after so many turns of a loop; ten thousand take some 30 ms."""
    model = onnx.load_from_string(endless(width))
    counter = next(each for each in model.graph.initializer if each.name == "trips")
    counter.CopyFrom(helper.make_tensor("trips", TensorProto.INT64, [], [trips]))
    return bytes(model.SerializeToString())
