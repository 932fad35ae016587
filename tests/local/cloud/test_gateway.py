"""MLflow behind the workspace's address, asked by MLflow's own client."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from tests.local.cloud.emulator import GROUP, WORKSPACE, Emulator, host

NOWHERE = (
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;"
)


@pytest.fixture(scope="module")
def azureml(mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A control plane with a workspace."""
    workspace = {"id": WORKSPACE, "storage": NOWHERE, "mlflow": mlflow_url, "compute": "compute"}
    with host(tmp_path_factory.mktemp("azureml"), workspace=workspace) as running:
        yield running.start()


@pytest.fixture
def client(azureml: Emulator, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    """MLflow's client as a training step has it."""
    return _client(azureml, monkeypatch, "compute")


def test_step_logs_a_run_and_its_files(client: MlflowClient, tmp_path: Path):
    experiment = client.create_experiment(f"e-{uuid4()}")
    run = client.create_run(experiment)
    client.log_metric(run.info.run_id, "accuracy", 0.5)
    (tmp_path / "model.bin").write_bytes(bytes(range(256)) * 4096)
    client.log_artifact(run.info.run_id, str(tmp_path / "model.bin"), "model")
    assert client.get_run(run.info.run_id).data.metrics == {"accuracy": 0.5}
    loaded = client.download_artifacts(run.info.run_id, "model/model.bin", str(tmp_path))
    assert Path(loaded).read_bytes() == bytes(range(256)) * 4096


def test_app_keeps_the_registry(azureml: Emulator, monkeypatch: pytest.MonkeyPatch):
    step = _client(azureml, monkeypatch, "compute")
    run = step.create_run(step.create_experiment(f"e-{uuid4()}")).info.run_id
    client, name = _client(azureml, monkeypatch, "app"), f"m-{uuid4()}"
    client.create_registered_model(name)
    version = client.create_model_version(name, f"runs:/{run}/model", run).version
    client.set_model_version_tag(name, version, "ratchet.live", "true")
    (found,) = client.search_model_versions(f"name='{name}'")
    assert (found.run_id, found.tags) == (run, {"ratchet.live": "true"})


def test_error_of_mlflow_comes_through(azureml: Emulator, monkeypatch: pytest.MonkeyPatch):
    client = _client(azureml, monkeypatch, "app")
    with pytest.raises(MlflowException) as missing:
        client.get_registered_model("nobody")
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize(
    ("principal", "method", "path", "action"),
    [
        ("app", "POST", "mlflow/runs/create", "experiments/runs/write"),
        ("app", "POST", "mlflow/runs/log-metric", "experiments/runs/write"),
        ("app", "POST", "mlflow/experiments/create", "experiments/write"),
        ("app", "DELETE", "mlflow/registered-models/delete", "models/delete"),
        ("app", "DELETE", "mlflow/model-versions/delete", "models/versions/delete"),
        ("app", "PUT", "mlflow-artifacts/artifacts/a", "metadata/artifacts/write"),
        ("compute", "POST", "mlflow/registered-models/create", "models/write"),
        ("compute", "GET", "mlflow/model-versions/search", "models/versions/read"),
        ("stranger", "POST", "mlflow/runs/search", "experiments/runs/read"),
        ("stranger", "GET", "mlflow-artifacts/artifacts", "metadata/artifacts/read"),
    ],
)
def test_what_no_role_grants_is_refused(
    azureml: Emulator, principal: str, method: str, path: str, action: str
):
    place = f"/mlflow/v2.0{WORKSPACE}/api/2.0/{path}"
    answer = azureml.ask(method, place, principal=principal, version=None)
    message = answer.json()["error"]["message"]
    assert answer.status_code == 403
    assert f"'Microsoft.MachineLearningServices/workspaces/{action}'" in message
    assert f"'{WORKSPACE}'" in message


def test_gateway_wants_a_token(azureml: Emulator):
    place = f"/mlflow/v2.0{WORKSPACE}/api/2.0/mlflow/experiments/search"
    assert azureml.ask("GET", place, version=None, Authorization="").status_code == 401


@pytest.mark.parametrize(
    "path",
    [f"{WORKSPACE}/version", f"{WORKSPACE}/api/2.0/mlflow/../../../version", "/api/2.0/other"],
    ids=["not the interface", "out of the interface", "another interface"],
)
def test_nothing_else_of_the_server_is_reached(azureml: Emulator, path: str):
    assert azureml.ask("GET", f"/mlflow/v2.0{path}", version=None).status_code == 404


def test_another_workspace_has_no_mlflow(azureml: Emulator):
    other = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/other"
    place = f"/mlflow/v2.0{other}/api/2.0/mlflow/experiments/search"
    assert azureml.ask("GET", place, version=None).status_code == 404


def test_throttled_gateway_says_when_to_come_again(azureml: Emulator):
    azureml.fault(kind="throttle", service="mlflow", times=1, retry_after=7)
    place = f"/mlflow/v2.0{WORKSPACE}/api/2.0/mlflow/experiments/get-by-name"
    answer = azureml.ask("GET", place, version=None)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_workspace_says_where_its_parts_are(azureml: Emulator):
    found = azureml.ask("GET", WORKSPACE, principal="app", version="2024-04-01").json()
    properties = found["properties"]
    assert properties["mlFlowTrackingUri"] == azureml.addresses["mlflow"]
    place = properties["discoveryUrl"].removeprefix(azureml.addresses["resource_manager"])
    discovered = azureml.ask("GET", place, version=None, Authorization="").json()
    assert discovered["api"] == azureml.addresses["resource_manager"]


def test_run_history_wants_a_role_and_a_run(azureml: Emulator):
    place = f"/history/v1.0{WORKSPACE}/runs/nobody/details"
    assert azureml.ask("GET", place, principal="stranger", version=None).status_code == 403
    assert azureml.ask("GET", place, principal="app", version=None).status_code == 404


def test_job_against_the_definition_is_refused(azureml: Emulator):
    body = {"properties": {"jobType": "Pipeline", "inputs": {"m": {"jobInputType": "literal"}}}}
    answer = azureml.ask("PUT", f"{WORKSPACE}/jobs/j", body, principal="app", version="2024-04-01")
    assert answer.status_code == 400
    assert "properties.inputs.m lacks value" in answer.json()["error"]["message"]


def test_app_may_not_publish_components(azureml: Emulator):
    place = f"{WORKSPACE}/components/c/versions/1"
    answer = azureml.ask("PUT", place, {"properties": {}}, principal="app", version="2024-04-01")
    assert answer.status_code == 403


def _client(azureml: Emulator, monkeypatch: pytest.MonkeyPatch, principal: str) -> MlflowClient:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", azureml.token(principal))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", azureml.addresses["ca_bundle"])
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return MlflowClient(azureml.addresses["mlflow"])
