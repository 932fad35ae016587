"""Bodies in both directions against Microsoft's own definitions and samples."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local.cloud.schemas import load
from local.cloud.workspace.provider import Workspace
from tests.local.workspace.conftest import PIPELINE, Stack, pipeline_job

SPECS = Path("tests/specs/azureml-workspace")


def problems(body: Any, definition: str, file: str = "mfe.2024-04-01.json") -> list[str]:
    document = json.loads((SPECS / file).read_text())
    schema = {**document, "$ref": f"#/definitions/{definition}"}
    return [error.message for error in Draft202012Validator(schema).iter_errors(body)]


def test_the_bodies_of_microsofts_client_pass_the_checks_of_arm(stack: Stack):
    stack.publish(PIPELINE)
    declared = {kind.path: kind.put for kind in Workspace.types}
    found = {
        kind: load(Workspace.spec).problems(str(declared[kind]), body)
        for kind, body in stack.arm.put
    }
    assert found == {
        f"workspaces/{kind}/versions": [] for kind in ("codes", "environments", "components")
    }


@pytest.fixture
def published(stack: Stack) -> Stack:
    stack.publish(PIPELINE)
    return stack


@pytest.mark.parametrize(
    ("path", "definition"),
    [
        ("codes", "CodeVersionResource"),
        ("environments", "EnvironmentVersionResource"),
        ("components", "ComponentVersionResource"),
    ],
)
def test_versions_are_shaped_as_azure_shapes_them(published: Stack, path: str, definition: str):
    names = [one["name"] for one in published.ask("GET", path)["value"]]
    for name in names:
        for version in published.ask("GET", f"{path}/{name}/versions")["value"]:
            # The client itself puts a number where the definition has a text.
            version["properties"].get("properties", {}).pop("hash_version", None)
            assert problems(version, definition) == []
    assert names


def test_a_job_is_shaped_as_azure_shapes_it(stack: Stack):
    body = pipeline_job("shape", "/x/components/none/versions/1", "m")
    assert problems(body, "JobBaseResource") == []
    stack.ask("PUT", "jobs/shape", body)
    job = stack.ended("shape")
    assert problems(job, "PipelineJob") == []


def test_the_right_to_upload_is_shaped_as_azure_shapes_it(stack: Stack):
    answer = stack.ask("POST", "codes/any/versions/1/startPendingUpload", {})
    assert problems(answer, "PendingUploadResponseDto") == []


@pytest.mark.parametrize(
    ("sample", "definition"),
    [("run_completed", "RunCompleted"), ("run_status_changed", "RunStatusChanged")],
)
def test_events_are_shaped_as_the_samples_are(stack: Stack, sample: str, definition: str):
    body = pipeline_job("e", "none", "m")
    body["properties"]["jobs"] = {}
    stack.ask("PUT", "jobs/e", body)
    official = json.loads((SPECS / f"{sample}.json").read_text())
    events = [one for one in stack.told("e") if one["eventType"] == official["eventType"]]
    for event in events:
        assert event.keys() == official.keys()
        assert event["data"].keys() == official["data"].keys()
        assert problems(event["data"], definition, "run-events.2018-01-01.json") == []
    assert events
