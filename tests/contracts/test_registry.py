"""What every adapter of the port `Registry` keeps to, in memory and on a real MLflow server."""

from collections.abc import Callable

import mlflow
import pytest
from azure.core.credentials import AccessToken

from adapters.memory.blobs import MemoryBlobs
from adapters.memory.registry import MemoryRegistry
from adapters.mlflow_registry import MlflowRegistry
from decisions.actions import RegisterModel
from decisions.events import Comparison
from decisions.facts import RegisteredFacts
from decisions.ports import Registry

Candidate = Callable[[str, str], RegisterModel]


class NoCredential:
    """A credential that must not be asked, since the server is reached without TLS."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        raise AssertionError(f"a token for {scopes} was asked for, to be sent in plain text")


@pytest.fixture(params=["memory", "mlflow"])
def registry(request: pytest.FixtureRequest, blobs: MemoryBlobs) -> Registry:
    if request.param == "memory":
        return MemoryRegistry()
    url: str = request.getfixturevalue("mlflow_url")
    return MlflowRegistry(url, blobs, NoCredential(), "unused")


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


@pytest.fixture
def model(request: pytest.FixtureRequest) -> str:
    """A model of its own for each test, since the server is shared."""
    return str(request.node.name).translate(str.maketrans("[]", "--"))


@pytest.fixture
def candidate(registry: Registry, blobs: MemoryBlobs, request: pytest.FixtureRequest) -> Candidate:
    """Registrations of runs that were logged in MLflow, where there is one."""

    def of(model: str, job: str) -> RegisterModel:
        run_id = "0" * 32
        if isinstance(registry, MlflowRegistry):
            client = mlflow.MlflowClient(request.getfixturevalue("mlflow_url"))
            run_id = client.create_run("0").info.run_id
        content = f"run_id: {run_id}\nartifact_path: model\n"
        blobs.upload("runs", f"{job}/model/MLmodel", content.encode())
        comparison = Comparison(metric="test_accuracy", rows=360, challenger=0.975)
        return RegisterModel(
            model=model, run=job, sha256=f"sha-of-{job}", manifest="m1", comparison=comparison
        )

    return of


def test_versions_count_from_one(registry: Registry, candidate: Candidate, model: str) -> None:
    first = registry.register(candidate(model, f"{model}-1"))
    second = registry.register(candidate(model, f"{model}-2"))

    assert (first, second) == ("1", "2")


def test_a_run_is_registered_once(registry: Registry, candidate: Candidate, model: str) -> None:
    registry.register(candidate(model, f"{model}-1"))
    action = candidate(model, f"{model}-2")

    numbers = {registry.register(action) for _ in range(3)}

    assert numbers == {"2"}
    assert registry.find(model, "3") is None


def test_finds_a_version_with_its_run(registry: Registry, candidate: Candidate, model: str) -> None:
    registry.register(candidate(model, f"{model}-1"))

    assert registry.find(model, "1") == RegisteredFacts(
        version="1", run=f"{model}-1", sha256=f"sha-of-{model}-1", manifest="m1"
    )


def test_finds_nothing_of_a_model_that_is_not_there(registry: Registry, model: str) -> None:
    assert registry.find(model, "1") is None


def test_mirrors_a_role_as_often_as_asked(
    registry: Registry, candidate: Candidate, model: str
) -> None:
    registry.register(candidate(model, f"{model}-1"))
    registry.register(candidate(model, f"{model}-2"))

    for version in ("1", "2", "2"):
        registry.mirror(model, version, "champion")

    assert registry.find(model, "2") is not None
