"""What is read from an ONNX graph, and what does not score tables."""

from collections.abc import Sequence
from typing import Any

import pytest
from onnx import TensorProto, helper

from scoring.errors import Unsuitable
from scoring.signature import Tensor
from tests.scoring.models import build, classifier, loaded, regressor, table

IDENTITY = helper.make_node("Identity", ["X"], ["Y"])


def output(shape: Sequence[int | None] = (None, 2), kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info("Y", kind, list(shape))


def test_reads_a_classifier_with_maps_of_probabilities():
    signature = loaded(classifier(["no", "yes"])).signature
    assert signature.rows == Tensor(name="X", type="float32", shape=(None, 2))
    assert signature.answer == Tensor(name="label", type="string", shape=(None,))
    assert signature.probabilities is not None
    assert signature.probabilities.type == "seq(map(string,tensor(float)))"
    assert signature.classifies


def test_reads_a_classifier_with_a_matrix_of_probabilities():
    signature = loaded(classifier([0, 1, 2], zipmap=False)).signature
    assert signature.probabilities == Tensor(name="scores", type="float32", shape=(None, 3))


def test_reads_a_regressor_and_its_column_names():
    signature = loaded(regressor([1.0, 2.0], columns=["age", "weight"])).signature
    assert signature.columns == ("age", "weight")
    assert not signature.classifies
    assert signature.probabilities is None


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (["age"], "1 different names for 2 columns"),
        (["age", "age"], "1 different names for 2 columns"),
        ([1, 2], "not a list of column names"),
        ({"age": 0}, "not a list of column names"),
        (["age", "\ud800"], "not a list of column names"),
    ],
    ids=["too few", "repeated", "numbers", "an object", "half a character"],
)
def test_refuses_column_names_that_do_not_fit(columns: Any, reason: str):
    with pytest.raises(Unsuitable, match=reason):
        loaded(regressor([1.0, 2.0], columns=columns))


@pytest.mark.parametrize(
    ("inputs", "outputs", "reason"),
    [
        ([table(None)], [output()], r"shape \[\?, \?\]"),
        ([table(2, TensorProto.STRING)], [output(kind=TensorProto.STRING)], "not a table of num"),
        (
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, [1, 2])],
            [output()],
            "exactly 1 rows at a time",
        ),
        (
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 2, 2])],
            [output([None, 2, 2])],
            r"shape \[\?, 2, 2\]",
        ),
        ([table(), table(name="Z")], [output()], "needs 2 inputs"),
    ],
    ids=["unknown width", "text", "one row only", "images", "two inputs"],
)
def test_refuses_what_does_not_take_one_table(inputs: list[Any], outputs: list[Any], reason: str):
    with pytest.raises(Unsuitable, match=reason):
        loaded(build([IDENTITY], inputs, outputs))
