"""Jobs from their manifest to their outputs: real storage, a real MLflow server, real processes."""

import contextlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import mlflow
import onnxruntime
import pyarrow.parquet as pq
import pytest
import yaml
from azure.core.exceptions import ResourceExistsError

from examples.digits import data
from local.cloud.errors import Refused
from tests.local.workspace.conftest import PIPELINE, Stack, pipeline_job


def uploaded(stack: Stack, container: str, name: str, content: bytes) -> dict[str, Any]:
    with contextlib.suppress(ResourceExistsError):
        stack.blobs.create_container(container)
    blob = stack.blobs.get_blob_client(container, name)
    etag = blob.upload_blob(content, overwrite=True)["etag"].strip('"')
    return {"url": blob.url, "etag": etag, "size": len(content)}


def frozen(stack: Stack, folder: Path, *chapters: str) -> tuple[str, list[dict[str, Any]]]:
    """The URL of a manifest of these chapters' files, and what it says of them."""
    written = data.write(folder)
    paths = [path for chapter in chapters for path in written[chapter]]
    container = f"data-{uuid4().hex}"
    files = [uploaded(stack, container, one.name, one.read_bytes()) for one in paths]
    document = {"schema": 1, "model": "digits", "files": files}
    manifest = uploaded(stack, container, "manifest.json", json.dumps(document).encode())
    return manifest["url"], files


def read(stack: Stack, name: str) -> bytes:
    content: bytes = (
        stack.blobs.get_blob_client(stack.settings.datastores["ratchet_runs"], name)
        .download_blob()
        .readall()
    )
    return content


@pytest.fixture(scope="module")
def shell_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline of one step that runs the shell script that is its manifest."""
    folder = tmp_path_factory.mktemp("shell")
    (folder / "code").mkdir()
    (folder / "code" / "note.txt").write_text("code")
    (folder / "step.yml").write_text(
        yaml.safe_dump(
            {
                "type": "command",
                "name": "shell_step",
                "code": "./code",
                "environment": {"image": "none"},
                "inputs": {"manifest": {"type": "string"}},
                "outputs": {one: {"type": "uri_folder"} for one in ("model", "evidence")},
                "command": 'export MODEL="${{outputs.model}}"; eval "${{inputs.manifest}}"',
            }
        )
    )
    step = {
        "type": "command",
        "component": "./step.yml",
        "inputs": {"manifest": "${{parent.inputs.manifest}}"},
        "outputs": {one: f"${{{{parent.outputs.{one}}}}}" for one in ("model", "evidence")},
    }
    (folder / "pipeline.yml").write_text(
        yaml.safe_dump(
            {
                "type": "pipeline",
                "name": "shell",
                "inputs": {"manifest": {"type": "string"}},
                "outputs": {one: {"type": "uri_folder"} for one in ("model", "evidence")},
                "jobs": {"first": step, "second": {**step, "outputs": {}}},
            }
        )
    )
    return folder / "pipeline.yml"


def test_a_job_leaves_a_model_and_its_evidence(stack: Stack, tmp_path: Path):
    manifest, _ = frozen(stack, tmp_path / "data", "first")
    stack.submit("digits-1", stack.publish(PIPELINE).id, manifest)
    assert stack.ended("digits-1")["status"] == "Completed"
    rows = pq.read_table(io.BytesIO(read(stack, "digits-1/evidence/rows.parquet")))
    assert sorted(set(rows.column("split").to_pylist())) == ["test", "train"]
    assert len(rows) == 120
    session = onnxruntime.InferenceSession(read(stack, "digits-1/model/model.onnx"))
    assert session.get_inputs()[0].shape == [None, 64]
    described = yaml.safe_load(read(stack, "digits-1/model/MLmodel"))
    metrics = json.loads(read(stack, "digits-1/evidence/metrics.json"))
    run = mlflow.MlflowClient(stack.settings.tracking_uri).get_run(described["run_id"])
    assert described["artifact_path"] == "model"
    assert run.data.metrics["test_accuracy"] == metrics["test_accuracy"]
    assert run.info.status == "FINISHED"


def test_a_file_that_changed_since_the_manifest_fails_the_job(stack: Stack, tmp_path: Path):
    manifest, files = frozen(stack, tmp_path / "data", "first")
    *_, container, name = files[1]["url"].split("/")
    uploaded(stack, container, name, b"something else")
    stack.submit("digits-2", stack.publish(PIPELINE).id, manifest)
    reason = stack.reason("digits-2")
    assert reason.startswith("The step train.prepare ended with exit code 1.")
    assert f"{files[1]['url']} is no longer the version {files[1]['etag']}" in reason


def test_a_failing_step_tells_its_last_lines_and_where_its_log_is(
    stack: Stack, shell_pipeline: Path
):
    stack.submit("shell-1", stack.publish(shell_pipeline).id, "echo oh; cat note.txt; exit 7")
    message = stack.reason("shell-1")
    assert message == "The step train.first ended with exit code 7. Its last lines:\noh\ncode"
    root = stack.workspace.details("shell-1")
    assert root["error"] == {"error": {"code": "UserError", "message": message}}
    step = next(
        event["data"]["runId"]
        for event in stack.events
        if event["data"]["runProperties"].get("azureml.pipelinerunid") == "shell-1"
    )
    url = stack.workspace.details(step)["logFiles"]["user_logs/std_log.txt"]
    container, _, name = url.partition("devstoreaccount1/")[2].partition("/")
    log = stack.blobs.get_blob_client(container, name).download_blob().readall()
    assert log == b"oh\ncode"


def test_a_job_tells_its_status_as_azure_does(stack: Stack, shell_pipeline: Path):
    stack.submit("shell-2", stack.publish(shell_pipeline).id, "echo 1 > $MODEL/a")
    events = stack.told("shell-2")
    root = [event for event in events if event["data"]["runId"] == "shell-2"]
    assert [
        (one["eventType"].rpartition(".")[2], one["data"].get("runStatus")) for one in root
    ] == [
        ("RunStatusChanged", "Preparing"),
        ("RunStatusChanged", "Running"),
        ("RunStatusChanged", "Completed"),
        ("RunCompleted", None),
    ]
    completed = [one for one in events if one["eventType"].endswith("RunCompleted")]
    assert [one["data"]["runType"] for one in completed] == [
        "azureml.StepRun",
        "azureml.StepRun",
        "azureml.PipelineRun",
    ]
    assert root[-1]["data"]["runTags"] == {"ratchet.cause": "a test"}


def test_a_step_sees_what_azure_tells_it_and_no_more(stack: Stack, shell_pipeline: Path):
    component = stack.publish(shell_pipeline).id
    stack.submit("shell-3", component, "env | cut -d= -f1 | sort > $MODEL/names")
    stack.ended("shell-3")
    names = set(read(stack, "shell-3/model/names").decode().split())
    assert {"AZUREML_RUN_ID", "MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI"} <= names
    assert "REQUESTS_CA_BUNDLE" not in names


def test_a_cancelled_job_ends_as_canceled(stack: Stack, shell_pipeline: Path):
    stack.submit("shell-4", stack.publish(shell_pipeline).id, "sleep 600")
    stack.until("shell-4", lambda job: job["status"] == "Running")
    stack.ask("POST", "jobs/shell-4/cancel")
    assert stack.ended("shell-4")["status"] == "Canceled"


def test_an_unfinished_job_goes_on_after_a_restart(
    stack: Stack, shell_pipeline: Path, tmp_path: Path
):
    """The first step leaves a mark every time that it runs; the second waits for a file."""
    marks, gate = tmp_path / "marks", tmp_path / "gate"
    marks.mkdir()
    script = f"touch {marks}/$AZUREML_RUN_ID-$$; [ ! -e {marks}/first ] && touch {marks}/first"
    script += f" || {{ touch {marks}/second; while [ ! -e {gate} ]; do sleep 0.05; done; }}"
    stack.submit("shell-5", stack.publish(shell_pipeline).id, script)
    stack.until("shell-5", lambda _: (marks / "second").exists())
    stack.workspace.stop()
    gate.touch()
    stack.start()
    assert stack.ended("shell-5")["status"] == "Completed"
    runs = [mark.name[:36] for mark in marks.iterdir() if "-" in mark.name]
    assert sorted(runs.count(run) for run in set(runs)) == [1, 2]


def test_many_requests_for_one_job_run_it_once(stack: Stack, shell_pipeline: Path, tmp_path: Path):
    script = f"touch {tmp_path}/ran-$AZUREML_RUN_ID-$$"
    body = pipeline_job("shell-6", stack.publish(shell_pipeline).id, script)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: stack.ask("PUT", "jobs/shell-6", body), range(8)))
    assert stack.ended("shell-6")["status"] == "Completed"
    assert len(list(tmp_path.glob("ran-*"))) == 2


def test_a_component_that_is_not_there_fails_the_job(stack: Stack):
    stack.submit("nothing", "/x/components/none/versions/1", "m")
    assert stack.reason("nothing") == "The component none:1 was not found."


def test_the_same_job_again_is_the_job_and_another_is_refused(stack: Stack):
    body = pipeline_job("once", "/x/components/none/versions/1", "m")
    stack.ask("PUT", "jobs/once", body)
    assert stack.ask("PUT", "jobs/once", body)["name"] == "once"
    other = pipeline_job("once", "/x/components/none/versions/2", "m")
    with pytest.raises(Refused) as refused:
        stack.ask("PUT", "jobs/once", other)
    assert refused.value.code == "JobPropertyImmutable"
