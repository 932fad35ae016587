"""The documents hold for a validator, and the server does what they say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator

from scoring.server.metrics import PATHS, label
from scoring.server.openapi import document, swagger
from scoring.server.serving import build
from scoring.server.settings import Settings
from scoring.signature import Signature, Tensor
from tests.scoring.models import classifier, loaded, regressor
from tests.scoring.server.serving import ROW, MemoryStore, serving, serving_model, until

AZUREML = json.loads(
    (Path(__file__).parents[2] / "specs" / "inference" / "azureml-online.json").read_text()
)
KEY = {"authorization": "Bearer key-1"}
SIGNATURES = {
    "bare": loaded(regressor([1.0, 1.0])).signature,
    "named": loaded(classifier(["no", "yes"], columns=["a", "$ref"])).signature,
    "whole numbers": Signature(
        rows=Tensor(name="X", type="int32", shape=(None, 3)),
        answer=Tensor(name="Y", type="float64", shape=(None, 2)),
    ),
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving_model(classifier(["no", "yes"], columns=["a", "b"]), keys=("key-1",)) as running:
        running.headers = httpx.Headers(KEY)
        yield running


@pytest.fixture(scope="module")
def described(client: httpx.Client) -> Any:
    return client.get("/openapi.json").json()


def valid(body: object, described: Any, schema: str) -> bool:
    found = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}
    return bool(jsonschema.Draft202012Validator(found).is_valid(body))


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "open"])
@pytest.mark.parametrize("name", SIGNATURES)
def test_the_documents_are_valid(name: str, keyed: bool):
    made = document("digits", "7", SIGNATURES[name], keyed=keyed)
    OpenAPIV31SpecValidator(made).validate()
    OpenAPIV2SpecValidator(swagger("digits", "7", SIGNATURES[name], keyed=keyed)).validate()
    assert ("security" in made["paths"]["/score"]["post"]) is keyed


def test_every_path_is_described_and_counted(described: Any):
    app = build(MemoryStore(), Settings(endpoint="digits", storage=None))
    assert set(app.handlers) == PATHS | {"/v2/"}
    models = {path for path in described["paths"] if path.startswith("/v2/models/")}
    assert set(described["paths"]) == PATHS | models
    assert {label(path.replace("{", "").replace("}", "")) for path in models} == {
        "/v2/models/{model}",
        "/v2/models/{model}/ready",
        "/v2/models/{model}/infer",
    }


def test_every_operation_is_answered_as_described(client: httpx.Client, described: Any):
    bodies: dict[str, Any] = {
        "/score": ROW,
        "/invocations": {"inputs": [[1, 2]]},
        "/v2/models/{model}/infer": {
            "inputs": [{"name": "X", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]
        },
    }
    for path, item in described["paths"].items():
        for method in item.keys() & {"get", "post"}:
            body = bodies.get(path.replace("/versions/{version}", ""))
            url = path.replace("{model}", "digits").replace("{version}", "v1")
            response = client.request(method, url, json=body)
            assert response.status_code == 200, (path, response.text)
            answer = item[method]["responses"]["200"]
            assert set(answer["headers"]) <= set(response.headers)
            (kind,) = answer["content"]
            assert response.headers["content-type"].startswith(kind)
            if kind == "application/json":
                schema = {
                    **answer["content"][kind]["schema"],
                    "components": described["components"],
                }
                jsonschema.Draft202012Validator(schema).validate(response.json())


def test_every_fault_is_described_and_has_its_form(client: httpx.Client, described: Any):
    faults = [
        client.post("/score", json={"data": [["1", 2]]}),
        client.post("/score", json=ROW, headers={"authorization": "Bearer other"}),
        client.post("/score", json=ROW, headers={"azureml-model-deployment": "v9"}),
        client.post("/invocations", content=b"", headers={"content-type": "application/xml"}),
        client.get("/swagger.json", params={"version": "4"}),
    ]
    assert [fault.status_code for fault in faults] == [400, 401, 404, 415, 400]
    for fault in faults:
        path, method = fault.request.url.path, fault.request.method.lower()
        operation = described["paths"][path][method]
        assert str(fault.status_code) in operation["responses"]
        assert valid(fault.json(), described, "Fault")


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        ("ScoreRequest", {"input_data": [[1, 2]]}, True),
        ("ScoreRequest", {"data": {"columns": ["b", "a"], "data": [[1, 2]]}}, True),
        ("ScoreRequest", {"data": {"X": [[1, 2]]}, "params": {}}, True),
        ("ScoreRequest", {"data": [{"a": 1, "b": 2}], "input_data": [[1, 2]]}, False),
        ("ScoreRequest", {"data": [{"a": 1, "c": 2}]}, False),
        ("ScoreRequest", {"data": {"a": [1], "b": ["2"]}}, False),
        ("InvocationsRequest", {"dataframe_records": [{"a": 1, "b": 2}]}, True),
        ("InvocationsRequest", {"instances": [[1]]}, False),
        ("InvocationsRequest", {"dataframe_split": {"data": [[1, 2]]}}, True),
        ("InvocationsRequest", {"dataframe_split": {"data": [[1, 2]], "dtypes": []}}, False),
        (
            "InferenceRequest",
            {"inputs": [{"name": "a", "shape": [1], "datatype": "INT8", "data": [1]}]},
            True,
        ),
        (
            "InferenceRequest",
            {"inputs": [{"name": "c", "shape": [1], "datatype": "INT8", "data": [1]}]},
            False,
        ),
    ],
)
def test_bodies_are_described_by_the_models_signature(
    described: Any, schema: str, body: object, expected: bool
):
    assert valid(body, described, schema) is expected


def test_the_swagger_is_named_as_azure_mls(client: httpx.Client):
    found = client.get("/swagger.json").json()
    sample = AZUREML["swagger"]
    operations = {
        path: {method: operation["operationId"] for method, operation in item.items()}
        for path, item in found["paths"].items()
    }
    assert operations == sample["operations"]
    bearer = {**found["securityDefinitions"]["Bearer"]}
    bearer.pop("description")
    assert {"Bearer": bearer} == sample["securityDefinitions"]
    [body] = found["paths"]["/score"]["post"]["parameters"]
    assert {**body, "required": True} == {**sample["score_parameters"][0], "required": True}
    assert found["paths"]["/swagger.json"]["get"]["parameters"] == sample["swagger_parameters"]
    assert list(found["definitions"]) == sample["definitions"]
    assert client.get("/").json() == sample["healthy"]
    split = found["definitions"]["ServiceInput"]["properties"]["input_data"]
    assert split["properties"]["columns"]["items"]["enum"] == ["a", "b"]


def test_azure_ml_chooses_between_the_documents(client: httpx.Client):
    assert client.get("/swagger.json?version=2").json()["swagger"] == "2.0"
    assert client.get("/swagger.json?version=3").json()["openapi"] == "3.1.0"
    for query in ("version=x&version=3", "version=", "version=1"):
        assert client.get(f"/swagger.json?{query}").status_code == 400


def test_documents_need_a_key_and_a_model():
    with serving_model(regressor([1.0, 1.0]), keys=("key-1",)) as client:
        assert client.get("/openapi.json").status_code == 401
        assert client.get("/swagger.json").status_code == 401
    with serving(MemoryStore()) as client:
        until(lambda: client.get("/healthz").status_code == 200)
        assert client.get("/openapi.json").status_code == 503
