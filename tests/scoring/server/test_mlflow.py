"""MLflow's protocol beyond its JSON samples: content types, CSV, health; held against MLflow."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from mlflow.utils.proto_json_utils import dataframe_from_parsed_json, parse_tf_serving_input
from onnx import TensorProto, helper

from scoring.server.protocols.mlflow import MLFLOW_VERSION
from tests.scoring.models import build, regressor, table
from tests.scoring.server.serving import serving_model

MLFLOW = json.loads(
    (Path(__file__).parents[2] / "specs" / "inference" / "mlflow-scoring.json").read_text()
)
JSON, CSV, PARQUET = MLFLOW["content_types"]


def as_mlflow_has_it(body: dict[str, Any]) -> Any:
    """What MLflow makes of a body, without the keys that it ignores."""
    (name,) = body.keys() - {"params", "signature_name"}
    if name.startswith("dataframe_"):
        return dataframe_from_parsed_json(body[name], name.removeprefix("dataframe_"))
    return parse_tf_serving_input({name: body[name]})


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A server of a model with the columns a and b; it answers a + 10 b."""
    with serving_model(regressor([1.0, 10.0], columns=["a", "b"])) as running:
        yield running


def sent(client: httpx.Client, content: str | bytes, kind: str) -> httpx.Response:
    return client.post("/invocations", content=content, headers={"content-type": kind})


@pytest.mark.parametrize("endpoint", MLFLOW["endpoints"])
def test_every_endpoint_of_mlflow_is_there(client: httpx.Client, endpoint: str):
    method, path = endpoint.split()
    content = b'{"inputs": [[1, 2]]}' if method == "POST" else None
    assert client.request(method, path, content=content).status_code == 200


def test_the_version_is_that_of_the_protocol(client: httpx.Client):
    assert client.get("/version").text == MLFLOW["version"] == MLFLOW_VERSION


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_split": {"columns": ["b", "a"], "data": [[2, 1], [4, 3]]}},
        {"dataframe_split": {"columns": ["b", "a"], "index": [5, 6], "data": [[2, 1], [4, 3]]}},
        {"dataframe_records": [{"b": 2, "a": 1}, {"a": 3, "b": 4}]},
        {"instances": [{"b": 2, "a": 1}, {"a": 3, "b": 4}]},
        {"inputs": {"b": [2, 4], "a": [1, 3]}, "params": {"t": 0.5}},
        {"inputs": {"b": [2, 4], "a": [1, 3]}, "params": "ignored", "signature_name": "x"},
    ],
    ids=["split", "index", "records", "instances", "inputs", "what is left alone"],
)
def test_a_table_means_what_it_means_to_mlflow(client: httpx.Client, body: dict[str, Any]):
    parsed = as_mlflow_has_it(body)
    frame = pd.DataFrame({name: np.ravel(parsed[name]) for name in "ab"})
    expected = (frame["a"] + 10 * frame["b"]).tolist()
    response = client.post("/invocations", json=body)
    assert response.json() == {"predictions": expected} == {"predictions": [21.0, 43.0]}


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]], "dtypes": {}}},
        {"dataframe_split": {"columns": ["a", "b"]}},
        {"dataframe_split": [[1, 2]]},
        {"dataframe_records": {"a": [1], "b": [2]}},
    ],
)
def test_forms_that_mlflow_refuses_are_refused(client: httpx.Client, body: dict[str, Any]):
    with pytest.raises(Exception, match="Dataframe"):
        as_mlflow_has_it(body)
    response = client.post("/invocations", json=body)
    assert response.status_code == 400
    assert response.json()["error_code"] == "BAD_REQUEST"


def test_a_split_without_names_is_taken_in_order(client: httpx.Client):
    body = {"dataframe_split": {"data": [[1, 2]]}}
    assert client.post("/invocations", json=body).json() == {"predictions": [21.0]}


@pytest.mark.parametrize(
    "kind",
    [CSV, f"{CSV}; charset=utf-8", f"{CSV};charset=UTF-8", "Text/CSV"],
)
def test_csv_is_taken_as_pandas_writes_it(client: httpx.Client, kind: str):
    frame = pd.DataFrame({"b": [2, 4.5, -1e-3], "a": [1, 3, 5]})
    output = StringIO()
    frame.to_csv(output, index=False)
    response = sent(client, output.getvalue(), kind)
    assert response.json()["predictions"] == pytest.approx([21.0, 48.0, 4.99])


@pytest.mark.parametrize(
    ("text", "message", "row", "field"),
    [
        ("a,b\n1,\n", "expected a number, found nothing", 0, "b"),
        ("a,b\n1,2\n3,x\n", "expected a number, found the text 'x'", 1, "b"),
        ("a,b\n1,nan\n", "expected a number, found the text 'nan'", 0, "b"),
        ("a,b\n1,1_0\n", "expected a number, found the text '1_0'", 0, "b"),
        ("a,b\n1,1e39\n", "the number is no finite float32", 0, "b"),
        ("a,b\n1,2,3\n", "has 3 values; the first line names 2 columns", 0, None),
        ("a,c\n1,2\n", "the column is missing", None, "b"),
        ("a,b,a\n1,2,3\n", "a column's name is repeated", None, None),
        ("a;b\n1;2\n", "expected a number, found the text '1;2'", 0, "a;b"),
        ("a,b\n", "there are no rows", None, None),
        ("", "the body is empty", None, None),
        (b"a,b\n\xff,2\n", "the body is not CSV in UTF-8", None, None),
        ('a,b\n"1,2\n', "the body is not CSV in UTF-8", None, None),
    ],
)
def test_what_is_wrong_with_csv_is_said(
    client: httpx.Client, text: str | bytes, message: str, row: int | None, field: str | None
):
    response = sent(client, text, CSV)
    assert response.status_code == 400
    found = response.json()
    assert message in found["message"]
    assert (found["row"], found["field"]) == (row, field)


@pytest.mark.parametrize("kind", [JSON, f"{JSON}; charset=utf-8", ""])
def test_json_is_taken_under_its_types(client: httpx.Client, kind: str):
    assert sent(client, b'{"inputs": [[1, 2]]}', kind).status_code == 200


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (PARQUET, "rows come as application/json or text/csv"),
        ("application/xml", "rows come as application/json or text/csv"),
        (f"{JSON}; charset=latin-1", "may say charset=utf-8, and nothing else"),
        (f"{JSON}; pandas=split", "may say charset=utf-8, and nothing else"),
    ],
    ids=["parquet, unlike MLflow", "unknown", "charset", "parameter"],
)
def test_other_types_are_refused(client: httpx.Client, kind: str, message: str):
    response = sent(client, b'{"inputs": [[1, 2]]}', kind)
    assert response.status_code == 415
    assert message in response.json()["message"]


def test_csv_of_whole_numbers_stays_whole():
    output = helper.make_tensor_value_info("Y", TensorProto.INT64, [None, 1])
    node = helper.make_node("Identity", ["X"], ["Y"])
    with serving_model(build([node], [table(1, TensorProto.INT64)], [output])) as client:
        assert sent(client, "x\n9007199254740993\n", CSV).json()["predictions"] == [2**53 + 1]
        response = sent(client, "x\n1.0\n", CSV)
    assert "expected a whole number, found the text '1.0'" in response.json()["message"]
