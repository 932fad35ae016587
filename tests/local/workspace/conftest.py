"""A workspace on real storage and a real MLflow server, with the digits pipeline published."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.core.credentials import AccessToken
from azure.storage.blob import BlobServiceClient

from adapters.publishing import Published, publish
from local.cloud.workspace.provider import Workspace
from local.cloud.workspace.settings import DATASTORES, Settings
from tests.local.workspace.stack import Arm, served

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
    "Microsoft.MachineLearningServices/workspaces/ws"
)
PIPELINE = Path("examples/digits/pipeline.yml")


class Nobody:
    """A credential: this ARM asks for none."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("anything", int(time.time()) + 3600)


@dataclass
class Stack:
    """Everything around a workspace, and the workspace itself, which can be restarted."""

    arm: Arm
    address: str
    settings: Settings
    blobs: BlobServiceClient
    events: list[dict[str, Any]]

    @property
    def workspace(self) -> Workspace:
        assert self.arm.workspace is not None
        return self.arm.workspace

    def start(self) -> None:
        self.arm.workspace = Workspace(self.settings, self.events.append)
        self.workspace.start()

    def publish(self, pipeline: Path) -> Published:
        return publish(pipeline, WORKSPACE, Nobody(), self.address)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.arm.ask(method, f"{WORKSPACE}/{path}", {}, body or {}).body

    def submit(self, job: str, component: str, manifest: str) -> None:
        self.ask("PUT", f"jobs/{job}", pipeline_job(job, component, manifest))

    def until(self, job: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look at a job until a condition holds of it."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            properties: dict[str, Any] = self.ask("GET", f"jobs/{job}")["properties"]
            if condition(properties):
                return properties
            time.sleep(0.05)
        raise AssertionError(f"{job} is still {properties['status']}")

    def reason(self, job: str) -> str:
        """Why a job failed, once it has."""
        assert self.ended(job)["status"] == "Failed"
        return str(self.workspace.details(job)["error"]["error"]["message"])

    def told(self, job: str) -> list[dict[str, Any]]:
        """All events, once the last one of a job that completes is there."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            told = [one for one in self.events if one["eventType"].endswith("RunCompleted")]
            if job in [one["data"]["runId"] for one in told]:
                return list(self.events)
            time.sleep(0.05)
        raise AssertionError(f"{job} was not told to have completed: {self.events}")

    def ended(self, job: str) -> dict[str, Any]:
        return self.until(job, lambda it: it["status"] in {"Completed", "Failed", "Canceled"})


def pipeline_job(job: str, component: str, manifest: str) -> dict[str, Any]:
    """What azure-ai-ml 1.35.2 sends for a job whose one node is a published pipeline."""
    outputs = ("model", "evidence")
    return {
        "properties": {
            "jobType": "Pipeline",
            "displayName": job,
            "experimentName": "digits",
            "tags": {"ratchet.cause": "a test"},
            "properties": {},
            "isArchived": False,
            "settings": {"force_rerun": True, "_source": "YAML.JOB"},
            "inputs": {"manifest": {"value": manifest, "jobInputType": "literal"}},
            "outputs": {
                one: {
                    "uri": f"azureml://datastores/ratchet_runs/paths/{job}/{one}",
                    "jobOutputType": "uri_folder",
                }
                for one in outputs
            },
            "jobs": {
                "train": {
                    "name": "train",
                    "type": "pipeline",
                    "inputs": {
                        "manifest": {
                            "value": "${{parent.inputs.manifest}}",
                            "job_input_type": "literal",
                        }
                    },
                    "outputs": {
                        one: {"value": f"${{{{parent.outputs.{one}}}}}", "type": "literal"}
                        for one in outputs
                    },
                    "_source": "REMOTE.WORKSPACE.COMPONENT",
                    "componentId": component,
                }
            },
        }
    }


@pytest.fixture
def stack(
    storage: str, mlflow_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stack]:
    arm = Arm()
    with served(arm, tmp_path) as (address, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        settings = Settings(
            id=WORKSPACE,
            storage=storage,
            mlflow=mlflow_url,
            tracking_uri=mlflow_url,
            folder=tmp_path / "workspace",
            datastores={**DATASTORES, "ratchet_runs": f"runs-{uuid4().hex}"},
        )
        with BlobServiceClient.from_connection_string(storage) as blobs:
            stack = Stack(arm, address, settings, blobs, [])
            stack.start()
            yield stack
            stack.workspace.stop()
