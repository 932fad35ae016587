"""Columns become a matrix, or the fault is named by row and column."""

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from scoring.columns import Column, matrix_of_columns, sound_rows
from scoring.errors import WrongRows
from tests.scoring.models import build, loaded, regressor, table

NAMED = loaded(regressor([1.0, 2.0], columns=["age", "weight"])).signature
BARE = loaded(regressor([1.0, 2.0])).signature


def whole_numbers(kind: int):
    output = helper.make_tensor_value_info("Y", kind, [None, 2])
    node = helper.make_node("Identity", ["X"], ["Y"])
    return loaded(build([node], [table(2, kind)], [output])).signature


def test_a_table_gives_the_columns_that_the_model_names():
    columns = {"weight": np.array([70, 80]), "id": np.array(["a", "b"]), "age": np.array([30, 40])}
    assert matrix_of_columns(columns, NAMED).tolist() == [[30.0, 70.0], [40.0, 80.0]]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"age": np.array([1])}, "column 'weight': the column is missing"),
        ({"age": np.array([1]), "weight": np.array(["a"])}, "holds <U1, not numbers"),
        (
            {"age": np.array([1.0, 2.0]), "weight": np.array([1.0, np.nan])},
            "row 1, column 'weight': the number is missing",
        ),
    ],
    ids=["missing column", "text", "missing number"],
)
def test_a_table_that_does_not_fit_is_refused(columns: Any, sentence: str):
    with pytest.raises(WrongRows, match=sentence):
        matrix_of_columns(columns, NAMED)


def test_a_table_of_fractions_is_not_cut_to_whole_numbers():
    columns = {"a": np.array([1.5]), "b": np.array([2.0])}
    with pytest.raises(WrongRows, match="column 'a': holds float64; the model takes int64"):
        matrix_of_columns(columns, whole_numbers(TensorProto.INT64))


def test_a_table_of_another_width_is_refused():
    columns = {name: np.array([1.0]) for name in "abc"}
    with pytest.raises(WrongRows, match="there are 3 columns; the model takes 2"):
        matrix_of_columns(columns, BARE)


def test_rows_that_do_not_fit_are_left_out_wherever_they_stand():
    numbers = np.arange(20_000.0)
    holes = np.where(numbers % 3 == 0, np.nan, numbers)
    large = np.where(numbers % 5 == 0, 1e39, numbers)
    found = sound_rows([Column(holes), Column(large)], BARE)
    expected = [number for number in range(20_000) if number % 3 and number % 5]
    assert found[:, 0].tolist() == expected
    assert found[:, 1].tolist() == expected


def test_no_rows_are_a_matrix_of_the_width():
    assert sound_rows([Column(np.array([])), Column(np.array([]))], BARE).shape == (0, 2)
