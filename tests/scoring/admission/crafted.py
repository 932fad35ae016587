"""Models that no honest tool writes, each with one thing wrong."""

from collections.abc import Callable
from typing import Any

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto, helper

from tests.scoring.models import build, classifier, constant, external, table

MEMORY_ADDRESS = "*/_ORT_MEM_ADDR_/*"
"""By this location ONNX Runtime takes the offset of external data for an address in memory."""


def one(operator: str, **attributes: Any) -> bytes:
    """A model of one operator, X to Y."""
    node = helper.make_node(operator, ["X"], ["Y"], **attributes)
    return build([node], [table()], [table(name="Y")])


def changed(change: Callable[[ModelProto], object], content: bytes | None = None) -> bytes:
    """A model with one change to what a tool wrote."""
    model = onnx.load_model_from_string(content or constant(1.0))
    change(model)
    return bytes(model.SerializeToString())


def weights(model: ModelProto) -> TensorProto:
    found: TensorProto = model.graph.initializer[0]
    return found


def with_branch(model: ModelProto, inner: GraphProto) -> None:
    """Hide a graph in both branches of an operator that nothing needs."""
    node = helper.make_node("If", ["c"], ["unused"], then_branch=inner, else_branch=inner)
    model.graph.node.append(node)


def nested_external(location: str) -> bytes:
    hidden = onnx.load_model_from_string(external(location)).graph
    return changed(lambda model: with_branch(model, hidden))


def external_in_an_attribute(location: str) -> bytes:
    tensor = onnx.load_model_from_string(external(location)).graph.initializer[0]
    return one("Constant", value=tensor)


def custom(*, nested: bool = False) -> bytes:
    """An operator of a domain that is not listed."""
    node = helper.make_node("RunMe", ["X"], ["Y"], domain="com.example")
    if nested:
        inner = helper.make_graph([node], "branch", [], [table(name="Y")])
        return changed(lambda model: with_branch(model, inner))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    return build([node], [table()], [table(name="Y")], opsets=opsets)


def function_of_its_own() -> bytes:
    """A function that replaces an operator by one of a custom domain."""
    node = helper.make_node("RunMe", ["A"], ["B"], domain="com.example")
    opsets = [helper.make_opsetid("com.example", 1)]
    function = helper.make_function("", "Gemm", ["A"], ["B"], [node], opsets)
    return changed(lambda model: model.functions.append(function))


def deep(levels: int) -> bytes:
    """Graphs within graphs."""
    graph = helper.make_graph([helper.make_node("Identity", ["X"], ["Y"])], "g", [], [])
    for _ in range(levels):
        node = helper.make_node("Scan", ["X"], ["Y"], body=graph)
        graph = helper.make_graph([node], "g", [], [])
    return changed(lambda model: with_branch(model, graph))


def deeper_than_is_read(levels: int = 5000) -> bytes:
    """A type within a type within a type: written by hand, since no tool writes it."""
    inner = b""
    for _ in range(levels):
        inner = _field(4, _field(1, inner))  # TypeProto.sequence_type.elem_type
    value = _field(1, b"X") + _field(2, inner)
    return constant(1.0) + _field(7, _field(11, value))


def wide(count: int) -> bytes:
    """Very many operators."""
    nodes = [helper.make_node("Identity", ["X"], [f"y{each}"]) for each in range(count)]
    return changed(lambda model: model.graph.node.extend(nodes))


def large_at_run_time() -> bytes:
    """40 GB that no tensor declares: they come about when it runs."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [100_000, 100_000])
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["large"]),
        helper.make_node("ReduceSum", ["large"], ["sum"], keepdims=0),
        helper.make_node("Add", ["X", "sum"], ["Y"]),
    ]
    return build(nodes, [table()], [table(name="Y")], initializers=[shape])


def expanded_at_run_time() -> bytes:
    """Each row becomes 100,000 times 100,000 numbers."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [4], [100_000, 100_000, 1, 2])
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [0, 1])
    nodes = [
        helper.make_node("Expand", ["X", "shape"], ["large"]),
        helper.make_node("ReduceSum", ["large", "axes"], ["Y"], keepdims=0),
    ]
    return build(nodes, [table()], [table(name="Y")], initializers=[shape, axes])


def two_inputs() -> bytes:
    node = helper.make_node("Add", ["X", "Z"], ["Y"])
    return build([node], [table(), table(name="Z")], [table(name="Y")])


def kinds_that_do_not_meet() -> bytes:
    """Adds numbers to whole numbers: well-formed, and nothing that runs."""
    whole = helper.make_tensor("whole", TensorProto.INT64, [1], [1])
    node = helper.make_node("Add", ["X", "whole"], ["Y"])
    return build([node], [table()], [table(name="Y")], initializers=[whole])


def text_to_text() -> bytes:
    text = table(kind=TensorProto.STRING)
    answer = table(kind=TensorProto.STRING, name="Y")
    return build([helper.make_node("Identity", ["X"], ["Y"])], [text], [answer])


def fixed_batch(rows: int) -> bytes:
    declared = helper.make_tensor_value_info("X", TensorProto.FLOAT, [rows, 2])
    return build([helper.make_node("Identity", ["X"], ["Y"])], [declared], [table(name="Y")])


def hidden_fixed_batch() -> bytes:
    """Declares any number of rows, and fails on all but one."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [1, 2])
    node = helper.make_node("Reshape", ["X", "shape"], ["Y"])
    return build([node], [table()], [table(name="Y")], initializers=[shape])


def one_answer_for_all() -> bytes:
    """As many rows as there may be, and one answer."""
    return one("ReduceMean", axes=[0], keepdims=1)


def infinite() -> bytes:
    """One divided by nothing."""
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0])
    first = helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])
    nodes = [
        helper.make_node("Div", ["one", "zero"], ["endless"]),
        helper.make_node("Add", ["X", "endless"], ["Y"]),
    ]
    return build(nodes, [table()], [table(name="Y")], initializers=[zero, first])


def fails_far_from_zero() -> bytes:
    """Finite on the small numbers of synthetic rows, and not on real ones: exp(1000)."""
    return one("Exp")


def named(columns: Any) -> bytes:
    return classifier(["no", "yes"], columns=columns)


def of_versions(ir: int, opset: int) -> bytes:
    node = helper.make_node("Identity", ["X"], ["Y"])
    opsets = [helper.make_opsetid("", opset)]
    return build([node], [table()], [table(name="Y")], opsets=opsets, ir=ir)


def sparse_external(location: str) -> bytes:
    """External data in one half of a sparse tensor, inside an attribute."""
    values = onnx.load_model_from_string(external(location)).graph.initializer[0]
    indices = helper.make_tensor("i", TensorProto.INT64, [2], [0, 1])
    sparse = helper.make_sparse_tensor(values, indices, [4])
    attribute = AttributeProto(name="sparse_value", sparse_tensor=sparse)
    attribute.type = AttributeProto.SPARSE_TENSOR

    def plant(model: ModelProto) -> None:
        model.graph.node.append(helper.make_node("Constant", [], ["unused"]))
        model.graph.node[-1].attribute.append(attribute)

    return changed(plant)


def _field(number: int, content: bytes) -> bytes:
    """A field of protobuf that holds bytes."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
