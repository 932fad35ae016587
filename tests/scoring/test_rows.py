"""Rows become a matrix, or the fault is named by row and column."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from scoring.errors import WrongRows
from scoring.rows import Rows, to_matrix
from tests.scoring.models import build, loaded, regressor, table

NAMED = loaded(regressor([1.0, 2.0], columns=["age", "weight"])).signature
BARE = loaded(regressor([1.0, 2.0])).signature


def whole_numbers(kind: int):
    output = helper.make_tensor_value_info("Y", kind, [None, 2])
    node = helper.make_node("Identity", ["X"], ["Y"])
    return loaded(build([node], [table(2, kind)], [output])).signature


def test_columns_are_put_in_the_model_order():
    matrix = to_matrix(Rows([[70, 30.5], [80, 40]], ["weight", "age"]), NAMED)
    assert matrix.tolist() == [[30.5, 70.0], [40.0, 80.0]]
    assert matrix.dtype == np.float32


def test_columns_are_taken_in_order_when_the_model_names_none():
    assert to_matrix(Rows([[1, 2]], ["b", "a"]), BARE).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (Rows([]), "there are no rows"),
        (Rows([[1, 2], [1]]), "row 1: has 1 values; the model takes 2"),
        (Rows([7]), "row 0: expected a list of 2 values, found 7"),
        (Rows([[1, None]]), "row 0, column 'weight': expected a number, found null"),
        (Rows([[1, 2], [True, 2]]), "row 1, column 'age': expected a number, found true"),
        (Rows([["1", 2]]), "row 0, column 'age': expected a number, found the text '1'"),
        (Rows([[1, [2]]]), "row 0, column 'weight': expected a number, found a list"),
        (Rows([[1, {}]]), "row 0, column 'weight': expected a number, found an object"),
        (Rows([[1, 1e300]]), "row 0, column 'weight': the number is no finite float32"),
        (Rows([[1, float("nan")]]), "row 0, column 'weight': the number is missing"),
        (Rows([[1, 10**400]]), "a number does not fit float32"),
        (Rows([[1, 2]], ["age", "age"]), "a column's name is repeated"),
        (Rows([[1]], ["age"]), "column 'weight': the column is missing"),
        (Rows([[1, 2, 3]], ["age", "weight", "x"]), "column 'x': the model has no such column"),
    ],
)
def test_a_fault_is_named_by_row_and_column(rows: Rows, sentence: str):
    with pytest.raises(WrongRows) as caught:
        to_matrix(rows, NAMED)
    assert str(caught.value) == sentence


def test_a_column_without_a_name_is_called_by_its_position():
    with pytest.raises(WrongRows) as caught:
        to_matrix(Rows([[1, 2], [3, "x"]]), BARE)
    assert (caught.value.row, caught.value.field) == (1, "1")


def test_whole_numbers_stay_exact():
    signature = whole_numbers(TensorProto.INT64)
    assert to_matrix(Rows([[2**53 + 1, -1]]), signature).tolist() == [[2**53 + 1, -1]]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(1.5, "expected a whole number, found 1.5"), (2**31, "does not fit int32")],
    ids=["a fraction", "too large"],
)
def test_refuses_what_is_no_whole_number_of_the_type(value: float, sentence: str):
    with pytest.raises(WrongRows, match=sentence):
        to_matrix(Rows([[0, value]]), whole_numbers(TensorProto.INT32))
