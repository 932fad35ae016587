"""Matrices in, answers out."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from scoring.errors import ModelFailed, Unsuitable, WrongAnswers
from scoring.predict import BLOCK, predict, predict_probabilities
from tests.scoring.models import build, classifier, loaded, regressor, table


def test_answers_a_label_a_row():
    answers = predict(loaded(classifier(["no", "yes"])), np.array([[3, 1], [1, 3]], np.float32))
    assert answers.tolist() == ["no", "yes"]


def test_answers_a_quantity_a_row():
    answers = predict(loaded(regressor([1.0, 10.0])), np.array([[3, 1], [1, 3]], np.float32))
    assert answers.tolist() == [13.0, 31.0]


def test_long_tables_are_scored_block_by_block():
    rows = np.column_stack([np.arange(2 * BLOCK + 1), np.zeros(2 * BLOCK + 1)]).astype(np.float32)
    assert predict(loaded(regressor([1.0, 1.0])), rows).tolist() == list(range(2 * BLOCK + 1))


@pytest.mark.parametrize("zipmap", [True, False], ids=["maps", "matrix"])
def test_probabilities_come_from_maps_and_from_matrices(zipmap: bool):
    model = loaded(classifier([4, 7], zipmap=zipmap))
    found = predict_probabilities(model, np.array([[0, 0], [0, np.log(3)]], np.float32))
    assert np.allclose(found.matrix, [[0.5, 0.5], [0.25, 0.75]])
    assert found.classes == ((4, 7) if zipmap else None)


def test_a_regressor_gives_no_probabilities():
    with pytest.raises(Unsuitable, match="gives no probabilities"):
        predict_probabilities(loaded(regressor([1.0])), np.zeros((1, 1), np.float32))


def test_a_model_that_breaks_is_reported():
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [3, 3])
    node = helper.make_node("Reshape", ["X", "shape"], ["Y"])
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [3, 3])
    model = loaded(build([node], [table()], [output], initializers=[shape]))
    with pytest.raises(ModelFailed, match="the model failed"):
        predict(model, np.zeros((1, 2), np.float32))


def test_a_model_that_skips_rows_is_reported():
    node = helper.make_node("ReduceSum", ["X"], ["Y"], keepdims=1)
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [1, 1])
    model = loaded(build([node], [table()], [output]))
    with pytest.raises(ModelFailed, match=r"in the shape \[1\] for 3 rows"):
        predict(model, np.zeros((3, 2), np.float32))


def test_a_model_that_gives_no_probability_at_all_is_reported():
    # The rows whose first column is above zero, of which there are none below.
    nodes = [
        helper.make_node("Gather", ["X", "first"], ["column"], axis=1),
        helper.make_node("Greater", ["column", "zero"], ["kept"]),
        helper.make_node("Compress", ["X", "kept"], ["some"], axis=0),
        helper.make_node("Cast", ["column"], ["label"], to=TensorProto.INT64),
        helper.make_node(
            "ZipMap", ["some"], ["maps"], domain="ai.onnx.ml", classlabels_int64s=[0, 1]
        ),
    ]
    kind = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    maps = helper.make_sequence_type_proto(helper.make_map_type_proto(TensorProto.INT64, kind))
    label = helper.make_tensor_value_info("label", TensorProto.INT64, [None])
    numbers = [
        helper.make_tensor("first", TensorProto.INT64, [], [0]),
        helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
    ]
    outputs = [label, helper.make_value_info("maps", maps)]
    model = loaded(build(nodes, [table()], outputs, initializers=numbers))
    assert predict_probabilities(model, np.ones((1, 2), np.float32)).matrix.tolist() == [[1, 1]]
    with pytest.raises(WrongAnswers, match="no probabilities"):
        predict_probabilities(model, np.zeros((2, 2), np.float32))
