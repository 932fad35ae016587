"""What MLflow is told beyond the port's contract, and what becomes of its refusals."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import mlflow
import pytest
from azure.core.credentials import AccessToken

from adapters.memory.blobs import MemoryBlobs
from adapters.mlflow_registry import MlflowRegistry
from adapters.mlflow_registry.store import open_store
from decisions.actions import RegisterModel
from decisions.errors import Rejected, Transient
from decisions.events import Comparison
from tests.adapters.receiver import Receiver, Reply

ACTION = RegisterModel(
    model="digits",
    run="digits-00001-4f5fdba3",
    sha256="5e",
    manifest="a1",
    comparison=Comparison(metric="test_accuracy", rows=360, challenger=0.975),
)
NO_VERSIONS = Reply(200, body={})
MODEL_THERE = Reply(400, body={"error_code": "RESOURCE_ALREADY_EXISTS", "message": "there"})


class Credential:
    """Gives a new token every time."""

    def __init__(self) -> None:
        self.given = 0

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.given += 1
        return AccessToken(f"{scopes[0]} {self.given}", 2_000_000_000)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def registry(url: str, run_id: str = "r1") -> MlflowRegistry:
    blobs = MemoryBlobs()
    content = f"run_id: {run_id}\nartifact_path: model\n"
    blobs.upload("runs", f"{ACTION.run}/model/MLmodel", content.encode())
    return MlflowRegistry(url, blobs, Credential(), "scope")


def test_a_version_carries_all_that_explains_it(mlflow_url: str) -> None:
    client = mlflow.MlflowClient(mlflow_url)
    run_id = client.create_run("0").info.run_id
    subject = registry(mlflow_url, run_id)

    version = subject.register(ACTION)

    found = client.get_model_version("digits", version)
    assert found.source == f"runs:/{run_id}/model"
    assert found.run_id == run_id
    assert found.tags == {
        "ratchet.run": "digits-00001-4f5fdba3",
        "ratchet.sha256": "5e",
        "ratchet.manifest": "a1",
        "ratchet.test_accuracy": "0.975",
    }


def test_a_role_moves_from_version_to_version(mlflow_url: str) -> None:
    client = mlflow.MlflowClient(mlflow_url)
    client.create_registered_model("roles")
    for _ in range(2):
        run_id = client.create_run("0").info.run_id
        client.create_model_version("roles", f"runs:/{run_id}/model", run_id)
    subject = registry(mlflow_url)
    subject.mirror("roles", "1", "champion")
    subject.mirror("roles", "1", "live")

    subject.mirror("roles", "2", "champion")

    assert client.get_model_version("roles", "1").tags == {
        "ratchet.champion": "false",
        "ratchet.live": "true",
    }
    assert client.get_model_version("roles", "2").tags == {"ratchet.champion": "true"}
    assert client.get_model_version_by_alias("roles", "champion").version == "2"


def test_a_registry_without_aliases_keeps_the_tag(server: Receiver) -> None:
    version = {"name": "digits", "version": "1"}
    server.replies += [
        Reply(200, body={"model_versions": [version]}),
        Reply(200, body={}),
        Reply(404, body={"error_code": "ENDPOINT_NOT_FOUND", "message": "no such interface"}),
    ]

    registry(server.url).mirror("digits", "1", "champion")

    assert server.requests[1].json == {
        "name": "digits",
        "version": "1",
        "key": "ratchet.champion",
        "value": "true",
    }


def test_a_version_beyond_the_first_page_is_found(server: Receiver) -> None:
    ours = {"version": "1", "tags": [{"key": "ratchet.run", "value": ACTION.run}]}
    server.replies += [
        Reply(200, body={"model_versions": [{"version": "2"}], "next_page_token": "more"}),
        Reply(200, body={"model_versions": [ours]}),
    ]

    assert registry(server.url).register(ACTION) == "1"
    assert "page_token=more" in server.requests[1].path


def test_a_create_whose_answer_is_lost_is_sent_once(server: Receiver) -> None:
    server.replies += [NO_VERSIONS, MODEL_THERE, Reply(0)]

    with pytest.raises(Transient):
        registry(server.url).register(ACTION)

    created = [one for one in server.requests if one.path.endswith("model-versions/create")]
    assert len(created) == 1


def test_a_model_that_exists_by_any_word_is_used(server: Receiver) -> None:
    conflict = Reply(409, body={"error": {"code": "Conflict"}})
    created = Reply(200, body={"model_version": {"name": "digits", "version": "1"}})
    server.replies += [NO_VERSIONS, conflict, created]

    assert registry(server.url).register(ACTION) == "1"


def test_mlflow_is_imported_on_first_use_only() -> None:
    program = "import adapters.mlflow_registry, sys; print('mlflow' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert told.stdout == b"False\n"


def test_a_throttled_registry_says_how_long_to_wait(server: Receiver) -> None:
    server.replies.append(Reply(429, {"Retry-After": "30"}, {"message": "too many"}))

    with pytest.raises(Transient, match="too many") as caught:
        registry(server.url).register(ACTION)

    assert caught.value.retry_after == timedelta(seconds=30)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_unwell_registry_is_tried_again_later(server: Receiver, status: int) -> None:
    server.replies.append(Reply(status, body={"message": "unwell"}))

    with pytest.raises(Transient, match="unwell"):
        registry(server.url).register(ACTION)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(403, body={"error": {"code": "Forbidden"}}), "forbidden"),
        (Reply(400, body={"error_code": "INVALID_PARAMETER_VALUE"}), "INVALID_PARAMETER_VALUE"),
        (Reply(302, {"Location": "https://example.com/"}), "302"),
        (Reply(200, body=["no", "object"]), "200"),
    ],
    ids=["forbidden", "invalid", "redirect", "not an object"],
)
def test_a_refusal_keeps_its_code(server: Receiver, reply: Reply, code: str) -> None:
    server.replies.append(reply)

    with pytest.raises(Rejected) as caught:
        registry(server.url).register(ACTION)

    assert caught.value.code == code


def test_nobody_there_is_tried_again_later(server: Receiver) -> None:
    with Receiver() as gone:
        url = gone.url

    with pytest.raises(Transient, match="did not answer"):
        registry(url).register(ACTION)


def test_every_request_asks_for_a_fresh_token(server: Receiver) -> None:
    server.replies += [NO_VERSIONS, NO_VERSIONS]
    credential = Credential()
    store = open_store(server.url, lambda: credential.get_token("scope").token)

    store.search_model_versions("name='digits'", 1)
    store.search_model_versions("name='digits'", 1)

    tokens = [one.headers["authorization"] for one in server.requests]
    assert tokens == ["Bearer scope 1", "Bearer scope 2"]


def test_no_token_goes_over_plain_http(server: Receiver) -> None:
    server.replies.append(Reply(404, body={"error_code": "RESOURCE_DOES_NOT_EXIST"}))

    registry(server.url).find("digits", "1")

    assert "authorization" not in server.requests[0].headers
