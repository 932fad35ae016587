"""The adapters against the miniature's whole control plane: TLS, tokens, roles and gateway.

They come as the function app, with nothing but the role in `infra/role.json`.
"""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from azure.storage.blob import ContainerClient

from adapters.aci import ContainerEndpoints, GroupSettings
from adapters.arm import Arm
from adapters.jobs import Jobs
from adapters.memory.blobs import MemoryBlobs
from adapters.mlflow_registry import MlflowRegistry
from adapters.publishing import publish
from decisions.actions import DeploymentSpec, EndpointSpec, RegisterModel, SubmitTraining
from decisions.events import Comparison, Manifest
from decisions.facts import EndpointFacts, RunFacts
from tests.local.cloud.emulator import GROUP, WORKSPACE, Emulator, eventually, host

SCOPE = "https://management.azure.com/.default"
JOB = "digits-00003-4f5fdba3"
PIPELINE = Path(__file__).parents[1] / "contracts" / "pipeline" / "pipeline.yml"


@pytest.fixture(scope="module")
def cloud(
    tmp_path_factory: pytest.TempPathFactory, storage: str, mlflow_url: str
) -> Iterator[Emulator]:
    workspace = {"id": WORKSPACE, "storage": storage, "mlflow": mlflow_url, "compute": "compute"}
    with host(tmp_path_factory.mktemp("cloud"), workspace=workspace) as running:
        yield running.start()


@pytest.fixture
def app(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Arm:
    """ARM as the function app reaches it."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", cloud.addresses["ca_bundle"])
    return Arm(cloud.addresses["resource_manager"], cloud.credential("app"), SCOPE, "Ratchet")


def test_a_version_is_registered_through_the_gateway(
    app: Arm, cloud: Emulator, mlflow_url: str
) -> None:
    run_id = mlflow.MlflowClient(mlflow_url).create_run("0").info.run_id
    blobs = MemoryBlobs()
    content = f"run_id: {run_id}\nartifact_path: model\n"
    blobs.upload("runs", f"{JOB}/model/MLmodel", content.encode())
    address = f"{cloud.addresses['resource_manager']}/mlflow/v1.0{WORKSPACE}?"
    registry = MlflowRegistry(
        address.replace("https://", "azureml://"), blobs, cloud.credential("app"), SCOPE
    )
    action = RegisterModel(
        model="through-the-gateway",
        run=JOB,
        sha256="5e",
        manifest="a1",
        comparison=Comparison(metric="test_accuracy", rows=360, challenger=0.975),
    )

    numbers = {registry.register(action) for _ in range(2)}
    registry.mirror("through-the-gateway", "1", "champion")

    assert numbers == {"1"}


def test_a_job_runs_and_says_why_it_failed(app: Arm, cloud: Emulator) -> None:
    publish(PIPELINE, WORKSPACE, cloud.credential("owner"), cloud.addresses["resource_manager"])
    jobs = Jobs(app, WORKSPACE)
    url = "https://a/manifests/digits/broken.json"
    manifest = Manifest(digest="5e1f", url=url, files=3, size=12)
    action = SubmitTraining(
        model="digits", job=JOB, pipeline="train_patiently", manifest=manifest, causes=("a",)
    )

    for _ in range(2):
        jobs.submit(action)

    def failed() -> RunFacts | None:
        facts = jobs.look(JOB)
        return facts if facts and facts.failed else None

    reason = eventually(failed, 60).reason
    assert reason is not None
    assert "the manifest is broken" in reason


def test_an_endpoint_gets_its_group_and_loses_it(app: Arm, documents: ContainerClient) -> None:
    settings = GroupSettings(location="local", image="web", environment={}, secrets={"A": "b"})
    endpoints = ContainerEndpoints(app, GROUP, documents, settings)
    deployment = DeploymentSpec(name="v1", version="1", artifact="runs/a/model", sha256=64 * "5")

    def spec(generation: int, *deployments: DeploymentSpec) -> EndpointSpec:
        return EndpointSpec(
            name="digits",
            target="aci",
            generation=generation,
            deployments=deployments,
            traffic={},
        )

    for generation in (1, 2):
        endpoints.apply(spec(generation, deployment))
        assert endpoints.look("digits", "aci") == EndpointFacts(generation=0)
    endpoints.apply(spec(3))

    assert endpoints.look("digits", "aci") == EndpointFacts(generation=3)
