"""Crafted files that are refused by a look at them alone, each with its code and a sentence."""

import onnx
import pytest
from onnx import TensorProto

from scoring.admission.graph import examine
from scoring.admission.verdict import Limits, Refused
from tests.scoring.admission import crafted
from tests.scoring.admission.crafted import changed, weights
from tests.scoring.models import classifier, constant, endless, external

CODES = ["not_onnx", "functions", "depth", "nodes", "external_data", "operator", "version"]
CODES += ["tensor", "malformed"]


def refusal(content: bytes, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        list(examine(content, limits or Limits()))
    return refused.value


@pytest.mark.parametrize("content", [constant(1.0), classifier(["no", "yes"]), endless()])
def test_an_honest_model_passes_each_check_with_a_sentence(content: bytes):
    checks = list(examine(content, Limits()))
    assert [check.code for check in checks] == CODES
    assert all(check.sentence for check in checks)


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", "not_onnx", "has no ONNX graph"),
        (b"PK\x03\x04 not a model at all", "not_onnx", "is not an ONNX model"),
        (b"%PDF-1.7\n" * 100, "not_onnx", "is not an ONNX model"),
        (constant(1.0)[:-25], "truncated", "it was cut short"),
        (classifier(["no", "yes"])[:100], "truncated", "it was cut short"),
        (constant(1.0)[:2], "not_onnx", "or was cut short"),
        (b"\x10\x00\x00\x00ORTM" + bytes(200), "ort_format", "save it as ONNX"),
    ],
    ids=[
        "empty",
        "archive",
        "PDF",
        "cut in its opsets",
        "cut in its graph",
        "cut between",
        "runtime's format",
    ],
)
def test_refuses_what_is_no_whole_onnx_file(content: bytes, code: str, sentence: str):
    problem = refusal(content)
    assert problem.code == code
    assert sentence in str(problem)


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (external("../../etc/passwd"), "traversal", "'../../etc/passwd'"),
        (external("a/../../b"), "traversal", "'a/../../b'"),
        (external("a\\..\\..\\b"), "traversal", "'a\\\\..\\\\..\\\\b'"),
        (crafted.nested_external("../../secret.bin"), "traversal", "'../../secret.bin'"),
        (crafted.external_in_an_attribute("a/../../b"), "traversal", "'a/../../b'"),
        (crafted.sparse_external("../secret.bin"), "traversal", "'../secret.bin'"),
        (external("/etc/passwd"), "absolute_path", "'/etc/passwd'"),
        (external("C:\\Windows\\win.ini"), "absolute_path", "'C:\\\\Windows\\\\win.ini'"),
        (crafted.nested_external("/etc/passwd"), "absolute_path", "'/etc/passwd'"),
        (external("weights.bin"), "external_data", "save the model with its data inside"),
        (external(""), "external_data", "save the model with its data inside"),
        (external(crafted.MEMORY_ADDRESS), "external_data", "_ORT_MEM_ADDR_"),
    ],
    ids=[
        "traversal",
        "traversal in the middle",
        "traversal with backslashes",
        "nested traversal",
        "traversal in an attribute",
        "traversal of a sparse tensor",
        "absolute path",
        "absolute path with a drive",
        "nested absolute path",
        "file beside it",
        "nowhere",
        "address in memory",
    ],
)
def test_refuses_data_that_lies_elsewhere(content: bytes, code: str, place: str):
    problem = refusal(content)
    assert problem.code == code
    assert place in str(problem)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (crafted.custom(), "operator"),
        (crafted.custom(nested=True), "operator"),
        (crafted.function_of_its_own(), "functions"),
        (changed(lambda model: model.training_info.add()), "functions"),
    ],
    ids=["custom domain", "custom domain in a branch", "in a function", "training"],
)
def test_refuses_operators_that_are_not_listed(content: bytes, code: str):
    assert refusal(content).code == code


def test_the_operator_that_is_not_listed_is_named():
    assert str(refusal(crafted.custom())) == (
        "the operator 'RunMe' is of the domain 'com.example'; only ai.onnx and ai.onnx.ml are run"
    )


def set_dims(*dims: int) -> bytes:
    return changed(lambda model: weights(model).dims.__setitem__(slice(None), dims))


def huge_input(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2**40


def huge_constant_in_a_branch(model: onnx.ModelProto) -> None:
    tensor = TensorProto(name="deep", dims=[750_000_000, 1], data_type=TensorProto.FLOAT)
    inner = onnx.load_model_from_string(constant(1.0)).graph
    inner.initializer.append(tensor)
    crafted.with_branch(model, inner)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (set_dims(750_000_000, 1), "declares 3,000,000,000 bytes, of at most 268,435,456"),
        (changed(huge_constant_in_a_branch), "'deep' declares 3,000,000,000 bytes"),
        (set_dims(-1, 1), "declares -1 bytes"),
        (set_dims(2**62, 2**62), "bytes, of at most 268,435,456"),
        (changed(huge_input), "declares 4,398,046,511,104 bytes"),
    ],
    ids=["3 GB", "3 GB in a branch", "negative", "more than 64 bits", "input of a terabyte"],
)
def test_refuses_a_tensor_of_insane_size(content: bytes, sentence: str):
    problem = refusal(content)
    assert problem.code == "tensor"
    assert sentence in str(problem)


@pytest.mark.parametrize(
    ("ir", "opset", "sentence"),
    [
        (99, 17, "the IR version is 99; supported are 3 to 13"),
        (2, 17, "the IR version is 2; supported are 3 to 13"),
        (8, 99, "the opset of ai.onnx is 99; supported are 7 to 26"),
        (8, 1, "the opset of ai.onnx is 1; supported are 7 to 26"),
    ],
    ids=["IR too new", "IR too old", "opset too new", "opset too old"],
)
def test_refuses_versions_that_the_runtime_does_not_know(ir: int, opset: int, sentence: str):
    problem = refusal(crafted.of_versions(ir, opset))
    assert (problem.code, str(problem)) == ("version", sentence)


def test_refuses_graphs_that_lie_too_deep():
    assert refusal(crafted.deep(20)).code == "depth"


def test_refuses_what_is_nested_deeper_than_can_be_read():
    assert refusal(crafted.deeper_than_is_read()).code == "not_onnx"


def test_refuses_very_many_operators():
    problem = refusal(crafted.wide(1000), Limits(nodes=1000))
    assert (problem.code, str(problem)) == ("nodes", "it has 1,001 operators, of at most 1,000")


def test_refuses_a_graph_with_loose_ends():
    def loosen(model: onnx.ModelProto) -> None:
        model.graph.node[0].input[0] = "nowhere"

    assert refusal(changed(loosen)).code == "malformed"
