"""Bodies against the published definitions: the sound ones pass, the others are told apart."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cloud.schemas import Schemas, load

SPECS = Path(__file__).parents[2] / "specs"
JOB = "JobBaseResource"
MACHINE_LEARNING = "machinelearning.2024-04-01"


def test_body_that_microsofts_client_sends_is_sound():
    body = json.loads((SPECS / "azureml-jobs/pipeline-job.azure-ai-ml-1.35.2.json").read_text())
    assert load(MACHINE_LEARNING).problems(JOB, body) == []


def test_published_example_of_a_group_is_sound():
    example = json.loads((SPECS / "containerinstance/ContainerGroupsGet_Failed.json").read_text())
    body = example["responses"]["200"]["body"]
    assert load("containerinstance.2023-05-01").problems("ContainerGroup", body) == []


@pytest.mark.parametrize(
    ("properties", "problems"),
    [
        ({"jobType": "Pipeline"}, []),
        ({"jobType": "pipeline"}, []),
        ({"jobType": "Pipeline", "displayName": None}, []),
        ({"jobType": "Pipeline", "tags": {"t": 1}}, []),
        ({"jobType": "Pipeline", "inputs": {"i": {"jobInputType": "Literal", "value": "v"}}}, []),
        ({}, ["properties lacks jobType"]),
        ({"jobType": None}, ["properties lacks jobType"]),
        (
            {"jobType": "Errand"},
            ["properties.jobType must be one of: automl, command, pipeline, spark, sweep"],
        ),
        (
            {"jobType": "Pipeline", "inputs": {"i": {"jobInputType": "uri_file"}}},
            ["properties.inputs.i lacks uri"],
        ),
        (
            {"jobType": "Pipeline", "isArchived": "no", "tags": {"t": {}}},
            [
                "properties.isArchived does not satisfy type boolean",
                "properties.tags.t does not satisfy type string",
            ],
        ),
    ],
    ids=[
        "the least",
        "a word in another case",
        "null for absent",
        "a number for text",
        "an input",
        "no kind",
        "null for the kind",
        "an unknown kind",
        "an input of another kind without its part",
        "two mistakes",
    ],
)
def test_job_is_held_against_the_definition_of_its_kind(
    properties: dict[str, Any], problems: list[str]
):
    assert load(MACHINE_LEARNING).problems(JOB, {"properties": properties}) == problems


def test_extension_may_add_to_a_closed_definition():
    closed = {"type": "object", "properties": {"a": {}}, "additionalProperties": False}
    wider = {"allOf": [{"$ref": "#/definitions/Closed"}], "properties": {"b": {"type": "string"}}}
    schemas = Schemas({"Closed": closed, "Wider": wider})
    assert schemas.problems("Wider", {"a": 1, "b": "x"}) == []
    assert schemas.problems("Wider", {"b": []}) == ["b does not satisfy type string"]


def test_value_is_not_told():
    schemas = Schemas({"Text": {"type": "string"}})
    assert schemas.problems("Text", ["secret"]) == ["The body does not satisfy type string"]
