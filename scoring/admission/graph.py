"""What can be said of a model without running it: the ONNX file itself, checked part by part.

Every check takes the parsed model, returns a sentence on what it found, or raises Refused. They
run in the order of CHECKS, the cheap and the dangerous first: ONNX's own checker would follow a
path to external data, and ONNX Runtime an address in memory, so such places are refused before
either is asked.

References: ONNX IR specification (onnx/docs/IR.md); CVE-2022-25882 and CVE-2024-27318, traversal
by external data; onnxruntime's compatibility table for versions.
"""

from collections.abc import Callable, Iterator

import onnx
from onnx import ModelProto, TensorProto

from scoring.admission.paths import is_absolute, leads_out
from scoring.admission.verdict import Check, Limits, Refused
from scoring.admission.walk import declared_sizes, levels, nodes, tensors
from scoring.admission.wire import ends_early

IR_VERSIONS = range(3, 14)
OPSETS = {"": range(7, 27), "ai.onnx.ml": range(1, 6)}
"""Operator domains and their versions: what ONNX Runtime 1.31 guarantees; `""` is `ai.onnx`."""


_RUNTIME_FORMAT = b"ORTM"
"""Stands at offset 4 of ONNX Runtime's own format, which carries compiled graphs unexamined."""


def examine(content: bytes, limits: Limits) -> Iterator[Check]:
    """All checks on a model's bytes, one by one. Raises Refused at the first that fails."""
    model = _parse(content)
    yield Check("not_onnx", "the file is one whole ONNX model")
    for code, check in CHECKS:
        yield Check(code, check(model, limits))


def _parse(content: bytes) -> ModelProto:
    if content[4:8] == _RUNTIME_FORMAT:
        raise Refused("ort_format", "the file is in ONNX Runtime's own format; save it as ONNX")
    try:
        model = onnx.load_model_from_string(content)
    except MemoryError:
        raise
    except Exception as problem:
        if ends_early(content):
            raise Refused("truncated", "the file ends too early: it was cut short") from problem
        raise Refused("not_onnx", "the file is not an ONNX model") from problem
    if not (model.ir_version and model.opset_import and model.graph.node):
        raise Refused("not_onnx", "the file has no ONNX graph, or was cut short")
    return model


def _plain(model: ModelProto, _limits: Limits) -> str:
    if model.functions or model.training_info:
        raise Refused("functions", "the model defines functions or training of its own")
    return "one graph, no functions of its own"


def _depth(model: ModelProto, limits: Limits) -> str:
    found = 0
    for found, _ in enumerate(levels(model.graph), 1):
        if found > limits.depth:
            raise Refused("depth", f"its graphs lie more than {limits.depth} deep in each other")
    return f"graphs lie {found} deep, of at most {limits.depth}"


def _count(model: ModelProto, limits: Limits) -> str:
    count = sum(1 for _ in nodes(model.graph))
    if count > limits.nodes:
        raise Refused("nodes", f"it has {count:,} operators, of at most {limits.nodes:,}")
    return f"{count:,} operators, of at most {limits.nodes:,}"


def _self_contained(model: ModelProto, _limits: Limits) -> str:
    for tensor in tensors(model.graph):
        if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
            places = [entry.value for entry in tensor.external_data if entry.key == "location"]
            raise _elsewhere(tensor.name, ", ".join(places))
    return "no tensor lies in another file"


def _elsewhere(tensor: str, place: str) -> Refused:
    """External data: a way out of the folder has codes of its own, since no tool writes one."""
    said = f"the tensor {tensor!r:.100} lies in another file ({place!r:.200}"
    if is_absolute(place):
        return Refused("absolute_path", f"{said}, by an absolute path)")
    if leads_out(place):
        return Refused("traversal", f"{said}, by a path that leads out of the model's folder)")
    return Refused("external_data", f"{said}); save the model with its data inside")


def _operators(model: ModelProto, _limits: Limits) -> str:
    for node in nodes(model.graph):
        if _domain(node.domain) not in OPSETS:
            raise Refused(
                "operator",
                f"the operator {node.op_type!r:.100} is of the domain {node.domain!r:.100}; "
                "only ai.onnx and ai.onnx.ml are run",
            )
    return "only operators of ai.onnx and ai.onnx.ml"


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
                f"the tensor {name!r:.100} declares {size:,} bytes, "
                f"of at most {limits.tensor_size:,}",
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
    ("depth", _depth),
    ("nodes", _count),
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
