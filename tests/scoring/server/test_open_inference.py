"""The Open Inference Protocol: answers are held against its published definition."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from onnx import TensorProto, helper

from tests.scoring.models import build, classifier, regressor, table
from tests.scoring.server.serving import (
    MemoryStore,
    desired,
    numbered,
    serving,
    serving_model,
    until,
)

SPEC = json.loads(
    (Path(__file__).parents[2] / "specs" / "inference" / "open-inference.json").read_text()
)
INFER = "/v2/models/digits/infer"


def valid(body: object, schema: str) -> None:
    """Whether a body is what the definition says under a name."""
    definition = {"$ref": f"#/components/schemas/{schema}", "components": SPEC["components"]}
    jsonschema.validate(body, definition)


def tensor(name: str, shape: list[int], data: list[Any], datatype: str = "FP32") -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def cast(kind: int) -> bytes:
    """Answers the one value of a row in another type."""
    node = helper.make_node("Cast", ["X"], ["Y"], to=kind)
    return build([node], [table(1)], [helper.make_tensor_value_info("Y", kind, [None, 1])])


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A server of a classifier of the columns a and b, which are the classes' scores too."""
    with serving_model(classifier(["no", "yes"], zipmap=False, columns=["a", "b"])) as running:
        yield running


@pytest.fixture(scope="module")
def bare() -> Iterator[httpx.Client]:
    """A server of a model without names of columns; it answers a + 10 b."""
    with serving_model(regressor([1.0, 10.0])) as running:
        yield running


@pytest.mark.parametrize(
    "operation", SPEC["operations"], ids=lambda found: f"{found['method']} {found['path']}"
)
def test_every_operation_is_answered_as_defined(client: httpx.Client, operation: dict[str, Any]):
    path = operation["path"].replace("${MODEL_NAME}", "digits").replace("${MODEL_VERSION}", "v1")
    body = {"inputs": [tensor("X", [1, 2], [1, 2])]} if operation["method"] == "POST" else None
    response = client.request(operation["method"], path, json=body)
    assert response.status_code == 200, response.text
    if operation["responses"]["200"]:
        valid(response.json(), operation["responses"]["200"])


def test_the_example_of_the_definition_makes_the_round_trip():
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [None, 2])
    node = helper.make_node("Identity", ["input0"], ["output0"])
    request = SPEC["example_request"]
    example = {**request, "inputs": request["inputs"][:1]}
    valid(example, "inference_request")
    with serving_model(build([node], [table(name="input0")], [output])) as client:
        found = client.post(INFER, json=example).json()
        refused = client.post(INFER, json=request)
    valid(found, "inference_response")
    assert found["id"] == SPEC["example_response"]["id"]
    assert found["outputs"] == [tensor("output0", [2, 2], [1, 2, 3, 4])]
    assert refused.status_code == 400  # It has two inputs, and rows are one table.
    valid(refused.json(), "inference_error_response")


@pytest.mark.parametrize(
    "inputs",
    [
        [tensor("X", [2, 2], [1, 2, 3, 0])],
        [tensor("X", [2, 2], [[1, 2], [3, 0]], "INT8")],
        [tensor("X", [2, 2], [1, 2, 3.0, 0], "FP64")],
        [tensor("a", [2], [1, 3]), tensor("b", [2], [2, 0], "UINT64")],
        [tensor("b", [2, 1], [2, 0]), tensor("a", [2, 1], [[1], [3]])],
    ],
    ids=["flat", "nested", "other type", "a tensor a column", "columns of one"],
)
def test_a_table_is_taken_in_every_form(client: httpx.Client, inputs: list[dict[str, Any]]):
    response = client.post(INFER, json={"id": "é 7", "inputs": inputs, "parameters": {"x": 1}})
    assert response.status_code == 200, response.text
    found = response.json()
    valid(found, "inference_response")
    assert (found["model_name"], found["model_version"], found["id"]) == ("digits", "v1", "é 7")
    labels, scores = found["outputs"]
    assert labels == tensor("label", [2], ["yes", "no"], "BYTES")
    assert scores["data"] == pytest.approx([0.2689414, 0.7310586, 0.9525741, 0.0474259], abs=1e-6)
    assert (scores["name"], scores["shape"], scores["datatype"]) == ("scores", [2, 2], "FP32")


@pytest.mark.parametrize("names", [["scores"], ["label"], ["scores", "label"], []])
def test_outputs_are_those_asked_for(client: httpx.Client, names: list[str]):
    asked = {"inputs": [tensor("X", [1, 2], [1, 2])], "outputs": [{"name": name} for name in names]}
    outputs = client.post(INFER, json=asked).json()["outputs"]
    assert [output["name"] for output in outputs] == (names or ["label", "scores"])


def test_probabilities_of_maps_are_a_matrix_that_names_its_classes():
    with serving_model(classifier([4, 7])) as client:
        outputs = client.post(INFER, json={"inputs": [tensor("X", [1, 2], [0, 0])]}).json()
        metadata = client.get("/v2/models/digits").json()
    label, probabilities = outputs["outputs"]
    assert label == tensor("label", [1], [4], "INT64")
    assert probabilities == {
        **tensor("probabilities", [1, 2], [0.5, 0.5]),
        "parameters": {"classes": "[4,7]"},
    }
    assert metadata["outputs"] == [
        {"name": "label", "datatype": "INT64", "shape": [-1]},
        {"name": "probabilities", "datatype": "FP32", "shape": [-1, -1]},
    ]


@pytest.mark.parametrize(
    ("kind", "datatype", "expected"),
    [
        (TensorProto.FLOAT, "FP32", [3.0, 0.0]),
        (TensorProto.DOUBLE, "FP64", [3.0, 0.0]),
        (TensorProto.INT64, "INT64", [3, 0]),
        (TensorProto.INT32, "INT32", [3, 0]),
        (TensorProto.BOOL, "BOOL", [True, False]),
        (TensorProto.STRING, "BYTES", ["3", "0"]),
    ],
)
def test_answers_have_the_type_of_the_model(kind: int, datatype: str, expected: list[Any]):
    with serving_model(cast(kind)) as client:
        found = client.post(INFER, json={"inputs": [tensor("X", [2, 1], [3, 0])]}).json()
        metadata = client.get("/v2/models/digits").json()
    valid(found, "inference_response")
    assert found["outputs"] == [tensor("Y", [2], expected, datatype)]
    assert metadata["outputs"] == [{"name": "Y", "datatype": datatype, "shape": [-1]}]


def test_the_metadata_tells_what_the_model_takes(client: httpx.Client):
    found = client.get("/v2/models/digits/versions/v1").json()
    assert found["versions"] == ["v1"]
    assert found["platform"] == "onnx_onnxv1"
    assert found["inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 2]}]
    assert found["outputs"][1] == {"name": "scores", "datatype": "FP32", "shape": [-1, 2]}
    assert json.loads(found["properties"]["columns"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([tensor("X", [1, 3], [1, 2, 3])], "shape [1, 3]; the model takes 'X', FP32 of the shape"),
        ([tensor("X", [2, 2], [1, 2, 3])], "its data has 3 values, not 4"),
        ([tensor("X", [2, 2], [[1, 2]])], "its data has 1 rows"),
        ([tensor("X", [1, 2], [[1, 2, 3]])], "row 0: has 3 values; the model takes 2"),
        ([tensor("X", [2, 2], [[1, 2], 3])], "row 1: expected a list of 2 values, found 3"),
        ([tensor("X", [0, 2], [])], "there are no rows"),
        ([tensor("X", [1, 2], [1, None])], "row 0, column 'b': expected a number, found null"),
        ([tensor("X", [1, 2], [1, "2"])], "row 0, column 'b': expected a number, found the text"),
        ([tensor("X", [1, 2], [1, True])], "row 0, column 'b': expected a number, found true"),
        ([tensor("X", [1, 2], [1, 1e300])], "row 0, column 'b': the number is no finite float32"),
        ([tensor("X", [1, 2], [1, 300], "UINT8")], "its data has 300, which is no UINT8"),
        ([tensor("X", [1, 2], [1, 0.5], "INT64")], "its data has 0.5, which is no INT64"),
        ([tensor("X", [1, 2], [True, True], "BOOL")], "'X' is BOOL; the model takes FP32"),
        ([tensor("X", [1, 2], ["1", "2"], "BYTES")], "'X' is BYTES; the model takes FP32"),
        ([tensor("X", [1, 2], [1, 2], "FP8")], "Invalid enum value 'FP8' - at `$.inputs[0].datat"),
        ([tensor("X", [-1, 2], [1, 2])], "Expected `int` >= 0 - at `$.inputs[0].shape[0]`"),
        (
            [tensor("Z", [1, 2], [1, 2])],
            "the model takes 'X', FP32 of the shape [-1, 2], or a tens",
        ),
        ([tensor("a", [1], [1]), tensor("c", [1], [1])], "column 'b': the column is missing"),
        ([tensor("a", [1], [1]), tensor("b", [2], [1, 2])], "the tensors differ in the number of"),
        ([tensor("a", [1, 2], [1, 2]), tensor("b", [1], [1])], "a column has the shape [rows] or"),
        ([tensor("a", [2], [1]), tensor("b", [2], [1])], "its data has 1 values"),
        ([], "there are no rows"),
        (None, "Expected `array`, got `null` - at `$.inputs`"),
        ([{"name": "X", "shape": [1, 2], "datatype": "FP32"}], "the input 'X' has no data"),
        (
            [{**tensor("X", [1, 2], []), "parameters": {"binary_data_size": 8}}],
            "binary tensors are not taken",
        ),
    ],
)
def test_what_is_wrong_with_a_tensor_is_said(client: httpx.Client, inputs: Any, message: str):
    response = client.post(INFER, json={"inputs": inputs})
    assert response.status_code == 400
    valid(response.json(), "inference_error_response")
    assert message in response.json()["error"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"outputs": [{"name": "other"}]},
            "no output 'other'; the model answers 'label', 'scores'",
        ),
        ({"outputs": [{"name": "label", "parameters": {"binary_data": True}}]}, "not answered"),
        ({"parameters": {"binary_data_output": True}}, "binary tensors are not answered"),
        ({"parameters": {"x": None}}, "at `$.parameters[...]`"),
        ({"id": 7}, "Expected `str | null`, got `int` - at `$.id`"),
    ],
)
def test_what_is_wrong_with_a_request_is_said(
    client: httpx.Client, asked: dict[str, Any], message: str
):
    response = client.post(INFER, json={"inputs": [tensor("X", [1, 2], [1, 2])], **asked})
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_columns_without_names_come_as_one_tensor(bare: httpx.Client):
    response = bare.post(INFER, json={"inputs": [tensor("0", [1], [1]), tensor("1", [1], [2])]})
    assert response.status_code == 400
    assert response.json()["error"] == (
        "the model takes one tensor: 'X', FP32 of the shape [-1, 2]"
    )
    answer = bare.post(INFER, json={"inputs": [tensor("X", [1, 2], [1, 2])]}).json()
    assert answer["outputs"] == [tensor("Y", [1], [21.0])]


def test_an_answer_that_json_cannot_hold_is_the_models_failure(bare: httpx.Client):
    largest = 3.4e38
    response = bare.post(INFER, json={"inputs": [tensor("X", [1, 2], [largest, largest])]})
    assert response.status_code == 424
    assert "not finite" in response.json()["error"]
    assert response.headers["ms-azureml-model-error-statuscode"] == "424"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/models/other", 404),
        ("GET", "/v2/models/digits/versions/v2", 404),
        ("GET", "/v2/models/digits/versions/v2/ready", 404),
        ("POST", "/v2/models/digits/versions/v2/infer", 404),
        ("POST", "/v2/models/other/infer", 404),
        ("GET", "/v2/models/digits/infer", 405),
        ("POST", "/v2/models/digits", 405),
        ("GET", "/v2/models/digits/other", 404),
        ("GET", "/v2/models", 404),
        ("POST", "/v2", 405),
    ],
)
def test_every_fault_has_the_form_of_the_protocol(
    client: httpx.Client, method: str, path: str, status: int
):
    response = client.request(method, path, content=b"{}" if method == "POST" else None)
    assert response.status_code == status
    valid(response.json(), "inference_error_response")


def test_a_version_is_asked_for_whatever_the_traffic():
    store = MemoryStore()
    store.write(desired(1, numbered(store, 1, 2), {"v1": 100}))
    asked = {"inputs": [tensor("X", [1, 2], [0, 0])]}
    with serving(store) as client:
        until(lambda: client.get("/v2/models/digits/versions/v2/ready").status_code == 200)
        until(lambda: client.get("/readyz").status_code == 200)
        found = client.get("/v2/models/digits").json()
        chosen = client.post(INFER, json=asked).json()
        forced = client.post("/v2/models/digits/versions/v2/infer", json=asked).json()
    assert found["versions"] == ["v1", "v2"]
    assert (chosen["model_version"], chosen["outputs"][0]["data"]) == ("v1", [1.0])
    assert (forced["model_version"], forced["outputs"][0]["data"]) == ("v2", [2.0])


def test_binary_tensors_are_refused_by_name(client: httpx.Client):
    headers = {"inference-header-content-length": "2"}
    response = client.post(INFER, content=b"{}\0\0", headers=headers)
    assert response.status_code == 400
    assert response.json()["error"] == "binary tensors are not taken: send the data as JSON"


def test_what_tells_of_a_model_needs_a_key_and_health_does_not():
    with serving_model(regressor([1.0, 1.0]), keys=("key-1",)) as client:
        for path in ("/v2/models/digits", "/v2/models/digits/versions/v1"):
            assert client.get(path).status_code == 401
        assert client.post(INFER, json={}).status_code == 401
        for path in ("/v2", "/v2/health/ready", "/v2/models/digits/ready"):
            assert client.get(path).status_code == 200
        response = client.get("/v2/models/digits", headers={"authorization": "Bearer key-1"})
    assert response.status_code == 200
