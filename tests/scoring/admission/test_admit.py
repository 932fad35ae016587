"""Strangers' models: what is let in, and with which code and sentence each other one is refused."""

import os
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from scoring.admission.admit import admit
from scoring.admission.verdict import Admission, Limits, Refusal
from tests.scoring.models import (
    build,
    classifier,
    constant,
    digest,
    endless,
    external,
    in_folder,
    regressor,
    table,
)

CODES = ["files", "size", "functions", "external_data", "operator", "version", "tensor"]
CODES += ["malformed", "load", "signature", "smoke"]


def refused(folder: Path, content: bytes, limits: Limits | None = None) -> Refusal:
    verdict = admit(in_folder(folder, content), limits or Limits())
    assert isinstance(verdict, Refusal)
    return verdict


def changed(content: bytes, change: str) -> bytes:
    """A model with one field of its graph set to what no tool would write."""
    model = onnx.load_model_from_string(content)
    if change == "nested external data":
        hidden = onnx.load_model_from_string(external("../../secret.bin")).graph
        branch = helper.make_graph(hidden.node, "branch", [], hidden.output, hidden.initializer)
        node = helper.make_node("If", ["c"], ["Y2"], then_branch=branch, else_branch=branch)
        model.graph.node.append(node)
    if change == "huge tensor":
        model.graph.initializer[0].dims[:] = [750_000_000, 1]
    if change == "negative tensor":
        model.graph.initializer[0].dims[:] = [-1, 1]
    if change == "huge input":
        model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2**40
    if change == "function":
        model.functions.append(
            helper.make_function("", "Gemm", ["X"], ["Y"], model.graph.node, model.opset_import)
        )
    if change == "loose ends":
        model.graph.node[0].input[0] = "nowhere"
    return bytes(model.SerializeToString())


def test_admits_a_model_and_says_what_was_examined(tmp_path: Path):
    content = classifier(["no", "yes"], columns=["age", "weight"])
    verdict = admit(in_folder(tmp_path, content))
    assert isinstance(verdict, Admission)
    assert verdict.sha256 == digest(content)
    assert verdict.signature.columns == ("age", "weight")
    assert [check.code for check in verdict.checks] == CODES
    assert all(check.sentence for check in verdict.checks)
    assert verdict.confinement == (
        "limits",
        "no network, program or process (seccomp)",
        "no files (seccomp)",
    )


def test_admits_what_scikit_learn_exports(tmp_path: Path):
    features, species = load_iris(return_X_y=True)
    forest = RandomForestClassifier(5, random_state=0).fit(features.astype("float32"), species)
    exported = to_onnx(forest, features[:1].astype("float32"))
    verdict = admit(in_folder(tmp_path, exported.SerializeToString()))
    assert isinstance(verdict, Admission)
    assert verdict.signature.width == 4


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"PK\x03\x04 not a model at all", "not_onnx", "is not an ONNX model"),
        (b"", "not_onnx", "has no ONNX graph"),
        (constant(1.0)[:-25], "not_onnx", "was cut short"),
        (external("../../etc/passwd"), "external_data", "'../../etc/passwd'"),
        (external("/etc/passwd"), "external_data", "'/etc/passwd'"),
        (external("weights.bin"), "external_data", "save the model with its data inside"),
        (changed(constant(1.0), "nested external data"), "external_data", "'../../secret.bin'"),
        (changed(constant(1.0), "function"), "functions", "functions or training of its own"),
        (changed(constant(1.0), "huge tensor"), "tensor", "declares 3,000,000,000 bytes"),
        (changed(constant(1.0), "negative tensor"), "tensor", "declares -1 bytes"),
        (changed(constant(1.0), "huge input"), "tensor", "declares 4,398,046,511,104 bytes"),
        (changed(constant(1.0), "loose ends"), "malformed", "not well-formed"),
    ],
    ids=[
        "an archive",
        "empty",
        "truncated",
        "traversal",
        "absolute path",
        "file beside it",
        "nested traversal",
        "own function",
        "3 GB declared",
        "negative size",
        "huge input",
        "input from nowhere",
    ],
)
def test_refuses_a_crafted_file(tmp_path: Path, content: bytes, code: str, sentence: str):
    verdict = refused(tmp_path, content)
    assert verdict.code == code
    assert sentence in verdict.sentence


def test_refuses_an_operator_that_is_not_listed(tmp_path: Path):
    node = helper.make_node("RunMe", ["X"], ["Y"], domain="com.example")
    output = table(name="Y")
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    verdict = refused(tmp_path, build([node], [table()], [output], opsets=opsets))
    assert verdict == Refusal(
        code="operator",
        sentence="the operator 'RunMe' is of the domain 'com.example'; "
        "only ai.onnx and ai.onnx.ml are run",
    )


@pytest.mark.parametrize(
    ("ir", "opset", "sentence"),
    [
        (99, 17, "the IR version is 99; supported are 3 to 13"),
        (8, 99, "the opset of ai.onnx is 99; supported are 7 to 26"),
        (8, 1, "the opset of ai.onnx is 1; supported are 7 to 26"),
    ],
    ids=["IR too new", "opset too new", "opset too old"],
)
def test_refuses_versions_that_the_runtime_does_not_know(
    tmp_path: Path, ir: int, opset: int, sentence: str
):
    node = helper.make_node("Identity", ["X"], ["Y"])
    opsets = [helper.make_opsetid("", opset)]
    content = build([node], [table()], [table(name="Y")], opsets=opsets, ir=ir)
    assert refused(tmp_path, content) == Refusal(code="version", sentence=sentence)


def test_refuses_a_model_of_two_inputs(tmp_path: Path):
    node = helper.make_node("Add", ["X", "Z"], ["Y"])
    content = build([node], [table(), table(name="Z")], [table(name="Y")])
    verdict = refused(tmp_path, content)
    assert verdict.code == "signature"
    assert verdict.sentence == "it needs 2 inputs ('X', 'Z'), and rows are one table"


def test_refuses_a_model_whose_answers_are_not_finite(tmp_path: Path):
    verdict = refused(tmp_path, regressor([float("nan"), 1.0]))
    assert verdict == Refusal(code="smoke", sentence="1 synthetic rows: an answer is not finite")


def test_refuses_a_model_of_a_fixed_number_of_rows(tmp_path: Path):
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [1, 2])
    node = helper.make_node("Reshape", ["X", "shape"], ["Y"])
    verdict = refused(tmp_path, build([node], [table()], [table(name="Y")], initializers=[shape]))
    assert verdict.code == "smoke"
    assert verdict.sentence.startswith("2 synthetic rows: the model failed")


def test_refuses_a_loop_without_end(tmp_path: Path):
    verdict = refused(tmp_path, endless(), Limits(processor_time=1))
    assert verdict == Refusal(code="time", sentence="examining it took over 1 s of the processor")


def test_refuses_a_model_that_takes_all_memory(tmp_path: Path):
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [100_000, 100_000])
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["large"]),
        helper.make_node("ReduceSum", ["large"], ["sum"], keepdims=0),
        helper.make_node("Add", ["X", "sum"], ["Y"]),
    ]
    verdict = refused(tmp_path, build(nodes, [table()], [table(name="Y")], initializers=[shape]))
    assert verdict.code == "smoke"
    assert "Failed to allocate memory" in verdict.sentence


def test_refuses_a_file_that_is_too_large(tmp_path: Path):
    verdict = refused(tmp_path, constant(1.0), Limits(model_size=100))
    assert verdict == Refusal(code="size", sentence="model.onnx is larger than 100 bytes")


def test_refuses_a_folder_of_too_many_files(tmp_path: Path):
    verdict = refused(tmp_path, constant(1.0), Limits(files=1))
    assert verdict == Refusal(code="files", sentence="the folder has more than 1 files")


def test_refuses_a_folder_without_a_model(tmp_path: Path):
    verdict = admit(tmp_path)
    assert isinstance(verdict, Refusal)
    assert verdict.code == "missing"


@pytest.mark.parametrize("kind", ["symbolic", "hard", "pipe"])
def test_refuses_links_and_special_files(tmp_path: Path, kind: str):
    secret = tmp_path / "secret"
    secret.write_bytes(constant(1.0))
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    planted = folder / "deep" / "planted"
    if kind == "symbolic":
        planted.symlink_to(secret)
    elif kind == "hard":
        planted.hardlink_to(secret)
    else:
        os.mkfifo(planted)
    verdict = admit(in_folder(folder, constant(1.0)))
    assert isinstance(verdict, Refusal)
    assert verdict.code == "link"
    assert verdict.sentence.startswith("'deep/planted' is ")


def test_an_examiner_that_cannot_run_is_no_verdict(tmp_path: Path):
    with pytest.raises(RuntimeError, match="the examining process could not be run"):
        admit(in_folder(tmp_path, constant(1.0)), Limits(memory=64 << 20))
