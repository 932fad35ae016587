"""What can be said of a model without running it: the ONNX file itself, checked part by part.

Every check takes the parsed model, returns a sentence on what it found, or raises Refused. They
run in the order of CHECKS, the cheap and the dangerous first: ONNX's own checker would follow a
path to external data, so such paths are refused before it is asked.

References: ONNX IR specification (onnx/docs/IR.md); CVE-2022-25882 and CVE-2024-27318, traversal
by external data; onnxruntime's compatibility table for versions.
"""

from collections.abc import Callable

import onnx
from onnx import ModelProto, TensorProto

from scoring.admission.verdict import Check, Limits, Refused
from scoring.admission.walk import declared_sizes, nodes, tensors

IR_VERSIONS = range(3, 14)
OPSETS = {"": range(7, 27), "ai.onnx.ml": range(1, 6)}
"""Operator domains and their versions: what ONNX Runtime 1.31 guarantees; `""` is `ai.onnx`."""


def examine(content: bytes, limits: Limits) -> tuple[Check, ...]:
    """All checks on a model's bytes. Raises Refused at the first that fails."""
    model = _parse(content)
    return tuple(Check(code, check(model, limits)) for code, check in CHECKS)


def _parse(content: bytes) -> ModelProto:
    try:
        model = onnx.load_model_from_string(content)
    except Exception as problem:
        raise Refused("not_onnx", "the file is not an ONNX model, or was cut short") from problem
    if not (model.ir_version and model.opset_import and model.graph.node):
        raise Refused("not_onnx", "the file has no ONNX graph")
    return model


def _plain(model: ModelProto, _limits: Limits) -> str:
    if model.functions or model.training_info:
        raise Refused("functions", "the model defines functions or training of its own")
    return "one graph, no functions of its own"


def _self_contained(model: ModelProto, _limits: Limits) -> str:
    for tensor in tensors(model.graph):
        if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
            places = [entry.value for entry in tensor.external_data if entry.key == "location"]
            raise Refused(
                "external_data",
                f"the tensor {tensor.name!r} lies in another file ({', '.join(places)!r}); "
                "save the model with its data inside",
            )
    return "no tensor lies in another file"


def _operators(model: ModelProto, _limits: Limits) -> str:
    count = 0
    for node in nodes(model.graph):
        count += 1
        if _domain(node.domain) not in OPSETS:
            raise Refused(
                "operator",
                f"the operator {node.op_type!r} is of the domain {node.domain!r}; "
                "only ai.onnx and ai.onnx.ml are run",
            )
    return f"{count} operators of ai.onnx and ai.onnx.ml"


def _versions(model: ModelProto, _limits: Limits) -> str:
    if model.ir_version not in IR_VERSIONS:
        raise Refused("version", _out_of("the IR version", model.ir_version, IR_VERSIONS))
    for opset in model.opset_import:
        allowed = OPSETS.get(_domain(opset.domain))
        if allowed and opset.version not in allowed:
            name = f"the opset of {opset.domain or 'ai.onnx'}"
            raise Refused("version", _out_of(name, opset.version, allowed))
    opsets = ", ".join(f"{each.domain or 'ai.onnx'} {each.version}" for each in model.opset_import)
    return f"IR version {model.ir_version}, opsets {opsets}"


def _sizes(model: ModelProto, limits: Limits) -> str:
    largest = 0
    for name, size in declared_sizes(model.graph):
        if size < 0 or size > limits.tensor_size:
            raise Refused(
                "tensor",
                f"the tensor {name!r} declares {size:,} bytes, of at most {limits.tensor_size:,}",
            )
        largest = max(largest, size)
    return f"the largest declared tensor has {largest:,} bytes"


def _well_formed(model: ModelProto, _limits: Limits) -> str:
    try:
        onnx.checker.check_model(model)
    except Exception as problem:
        reason = (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]
        raise Refused("malformed", f"the graph is not well-formed: {reason}") from problem
    return "ONNX's checker finds no fault"


CHECKS: tuple[tuple[str, Callable[[ModelProto, Limits], str]], ...] = (
    ("functions", _plain),
    ("external_data", _self_contained),
    ("operator", _operators),
    ("version", _versions),
    ("tensor", _sizes),
    ("malformed", _well_formed),
)
"""Code and check, in the order in which they run."""


def _domain(name: str) -> str:
    return "" if name == "ai.onnx" else name


def _out_of(name: str, found: int, allowed: range) -> str:
    return f"{name} is {found}; supported are {allowed.start} to {allowed.stop - 1}"
