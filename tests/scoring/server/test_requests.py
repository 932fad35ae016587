"""What a request is answered: the contracts of Azure ML and MLflow, and every kind of fault."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scoring.server.scorer import Bounds
from tests.scoring.models import classifier, regressor
from tests.scoring.server.serving import ROW, serving_model

SPECS = Path(__file__).parents[2] / "specs" / "inference"
AZUREML = json.loads((SPECS / "azureml-online.json").read_text())
MLFLOW = json.loads((SPECS / "mlflow-scoring.json").read_text())


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A server of a model with the columns a and b; it answers a + 10 b."""
    with serving_model(regressor([1.0, 10.0], columns=["a", "b"])) as running:
        yield running


@pytest.mark.parametrize("name", AZUREML["requests"])
def test_score_takes_the_samples_of_azure_ml(name: str):
    sample = AZUREML["requests"][name]
    with serving_model(regressor([1.0] * sample["width"])) as client:
        response = client.post("/score", json=sample["body"])
    assert response.status_code == 200, response.text
    assert response.json() == pytest.approx(sample["sums"])
    assert set(AZUREML["response_headers"]) <= set(response.headers)


@pytest.mark.parametrize("name", AZUREML["of_other_scripts"])
def test_score_says_what_it_takes_to_clients_of_other_scripts(client: httpx.Client, name: str):
    response = client.post("/score", json=AZUREML["of_other_scripts"][name])
    assert response.status_code == 400
    assert response.json()["message"] == "the body needs exactly one of 'input_data', 'data'"


@pytest.mark.parametrize("number", range(len(MLFLOW["valid"])))
def test_invocations_take_the_samples_of_mlflow(number: int):
    sample = MLFLOW["valid"][number]
    with serving_model(regressor([1.0] * sample["width"])) as client:
        response = client.post("/invocations", json=sample["body"])
    assert response.status_code == 200, response.text
    assert response.json() == {"predictions": pytest.approx(sample["sums"])}


@pytest.mark.parametrize("sample", MLFLOW["invalid"], ids=lambda sample: sample["why"])
def test_invocations_refuse_what_mlflow_refuses(client: httpx.Client, sample: dict[str, Any]):
    body = sample["body"] if isinstance(sample["body"], str) else json.dumps(sample["body"])
    response = client.post("/invocations", content=body)
    assert response.status_code == sample["status"]
    assert response.json()["error_code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "value",
    [
        {"columns": ["b", "a"], "data": [[2, 1], [4, 3]]},
        {"columns": ["b", "a"], "index": [7, 8], "data": [[2, 1], [4, 3]]},
        [{"b": 2, "a": 1}, {"a": 3, "b": 4}],
        {"b": [2, 4], "a": [1, 3]},
        {"X": [[1, 2], [3, 4]]},
        [[1, 2], [3, 4]],
    ],
    ids=["split", "split with index", "records", "columns", "named tensor", "tensor"],
)
def test_rows_are_taken_in_every_form(client: httpx.Client, value: object):
    assert client.post("/score", json={"input_data": value}).json() == [21.0, 43.0]
    assert client.post("/score", json={"data": value}).json() == [21.0, 43.0]


def test_a_classifier_answers_labels():
    with serving_model(classifier(["no", "yes"])) as client:
        assert client.post("/score", json={"data": [[1, 3], [3, 1]]}).json() == ["yes", "no"]


@pytest.mark.parametrize(
    ("body", "message", "row", "field"),
    [
        ({"input_data": [[1, 2], [3, None]]}, "expected a number, found null", 1, "b"),
        ({"input_data": [[1, 2], [3]]}, "has 1 values; the model takes 2", 1, None),
        ({"input_data": [{"a": 1, "b": 2}, {"a": 1}]}, "the column is missing", 1, "b"),
        ({"input_data": [{"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}]}, "no such column", 1, "c"),
        ({"input_data": [{"a": 1, "b": 2}, 5]}, "expected an object", 1, None),
        ({"input_data": {"columns": ["a", "c"], "data": [[1, 2]]}}, "is missing", None, "b"),
        ({"input_data": {"a": [1], "b": [1, 2]}}, "the columns differ in length", None, None),
        ({"input_data": {"a": 1}}, "expected a list with a value a row", None, "a"),
        ({"input_data": {"columns": "ab", "data": []}}, "'columns' has to be a li", None, None),
        ({"input_data": {"columns": ["a"], "data": 1}}, "'data' has to be a list", None, None),
        ({"input_data": []}, "there are no rows", None, None),
        ({"input_data": {}}, "there are no rows", None, None),
        ({"input_data": 7}, "the rows have to be a list or an object", None, None),
        ({"input_data": [[1, 2]], "data": [[1, 2]]}, "exactly one of", None, None),
        ({"rows": [[1, 2]]}, "exactly one of 'input_data', 'data'", None, None),
        ([[1, 2]], "has to be a JSON object", None, None),
    ],
)
def test_wrong_rows_are_named_by_row_and_field(
    client: httpx.Client, body: object, message: str, row: int | None, field: str | None
):
    response = client.post("/score", json=body)
    assert response.status_code == 400
    found = response.json()
    assert message in found["message"]
    assert (found["row"], found["field"]) == (row, field)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"data": [[NaN, 1]]}', b"[" * 100_000])
def test_what_is_not_json_is_a_fault_of_the_client(client: httpx.Client, body: bytes):
    response = client.post("/score", content=body)
    assert response.status_code == 400
    assert "not JSON" in response.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/score", 405), ("POST", "/healthz", 405), ("POST", "/", 405), ("PUT", "/x", 404)],
)
def test_other_paths_and_methods_are_refused(
    client: httpx.Client, method: str, path: str, status: int
):
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["x-ms-request-id"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"])
def test_health_is_answered(client: httpx.Client, path: str):
    assert client.get(path).status_code == 200


def test_every_request_has_an_id_of_its_own(client: httpx.Client):
    ids = {client.post("/score", json=ROW).headers["x-ms-request-id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic key-1"}, {"x-key": "key-1"}],
    ids=["no key", "wrong key", "another scheme", "another header"],
)
def test_without_a_key_nothing_is_scored(headers: dict[str, str]):
    with serving_model(regressor([1.0, 1.0]), keys=("key-1", "key-2")) as client:
        response = client.post("/score", json=ROW, headers=headers)
        assert client.get("/healthz").status_code == 200
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "key-" not in response.text


@pytest.mark.parametrize("key", ["key-1", "key-2"])
def test_two_keys_are_valid_at_once(key: str):
    with serving_model(regressor([1.0, 1.0]), keys=("key-1", "key-2")) as client:
        response = client.post("/score", json=ROW, headers={"authorization": f"Bearer {key}"})
    assert response.status_code == 200


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_that_is_too_large_is_refused(chunked: bool):
    body = b" " * 2000
    with serving_model(regressor([1.0, 1.0]), bounds=Bounds(body=1000)) as client:
        response = client.post("/score", content=iter([body]) if chunked else body)
        assert client.post("/score", json=ROW).status_code == 200
    assert response.status_code == 413
    assert response.json()["message"] == "the body has more than 1,000 bytes; send fewer rows"
