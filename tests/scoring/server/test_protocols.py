"""Whatever JSON is sent, it is rows or a fault of the client; and answers are always JSON."""

import doctest
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import WrongRows
from scoring.predict import Answers
from scoring.rows import to_matrix
from scoring.server.protocols import Read, mlflow_reader, read_azureml, tensors
from scoring.signature import Signature
from tests.scoring.models import loaded, regressor

SIGNATURES = [
    loaded(regressor([1.0, 1.0])).signature,
    loaded(regressor([1.0, 1.0], columns=["a", "b"])).signature,
]
NAMES = st.sampled_from(["a", "b", "c", "X", "columns", "data", "index", ""])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS | st.lists(st.integers(0, 9), min_size=2, max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["input_data", "data", "dataframe_split", "dataframe_records", "instances", "inputs", "params"]
)


@pytest.mark.parametrize("signature", SIGNATURES, ids=["bare", "named"])
@pytest.mark.parametrize("read", [read_azureml, mlflow_reader("")], ids=["azureml", "mlflow"])
@settings(max_examples=300, deadline=None)
@given(body=st.dictionaries(KEYS, VALUES, max_size=2))
def test_any_json_is_rows_or_a_fault_of_the_client(
    read: Read, signature: Signature, body: dict[str, Any]
):
    try:
        rows = read(json.dumps(body).encode(), signature).rows
        matrix = to_matrix(rows, signature)
    except WrongRows:
        return
    assert matrix.shape == (len(rows.values), 2)
    assert np.isfinite(matrix).all()


@pytest.mark.parametrize(
    ("predictions", "expected"),
    [
        (np.array([1, 2], np.int64), [1, 2]),
        (np.array(["no", "yes"], object), ["no", "yes"]),
        (np.array([0.1], np.float64), [0.1]),
        (np.array([[1.0, 2.0]], np.float32), [[1.0, 2.0]]),
        (np.array([np.inf, np.nan, 1.0], np.float32), [None, None, 1.0]),
    ],
    ids=["labels", "text", "quantity", "several quantities", "not finite"],
)
def test_predictions_are_rendered_as_json(predictions: Any, expected: list[Any]):
    answers = Answers(predictions)
    azureml = read_azureml(b'{"data": [[1, 2]]}', SIGNATURES[0])
    mlflow = mlflow_reader("")(b'{"inputs": [[1, 2]]}', SIGNATURES[0])
    assert json.loads(azureml.render(answers, "1")) == expected
    assert json.loads(mlflow.render(answers, "1")) == {"predictions": expected}


def test_the_example_holds():
    assert doctest.testmod(tensors) == (0, 1)
