from typing import Any

import pytest

from local.cloud.errors import Refused
from local.cloud.workspace.plan import plan

FOLDER = {"type": "uri_folder"}
TEXT = {"type": "string"}


def command(inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "command", "command": "c", "code": "code", "inputs": inputs, "outputs": outputs}


def literal(text: str) -> dict[str, str]:
    return {"value": text, "job_input_type": "literal"}


SPECS: dict[str, Any] = {
    "read": command({"manifest": TEXT}, {"rows": FOLDER}),
    "fit": command({"rows": FOLDER, "rate": {"type": "number", "default": 0.5}}, {"model": FOLDER}),
    "learn": {
        "type": "pipeline",
        "inputs": {"manifest": TEXT},
        "outputs": {"model": FOLDER},
        "jobs": {
            # Written in the wrong order: what a step needs decides, not where it stands.
            "fit": {
                "componentId": "fit",
                "inputs": {"rows": literal("${{parent.jobs.read.outputs.rows}}")},
                "outputs": {"model": {"value": "${{parent.outputs.model}}", "type": "literal"}},
            },
            "read": {
                "componentId": "read",
                "inputs": {"manifest": literal("${{parent.inputs.manifest}}")},
            },
        },
    },
}

JOB: dict[str, Any] = {
    "inputs": {"manifest": {"value": "https://blobs/m.json", "jobInputType": "literal"}},
    "outputs": {"model": {"uri": "azureml://datastores/ratchet_runs/paths/j/model"}},
    "jobs": {
        "train": {
            "componentId": "learn",
            "inputs": {"manifest": literal("${{parent.inputs.manifest}}")},
            "outputs": {"model": {"value": "${{parent.outputs.model}}", "type": "literal"}},
        }
    },
}


def with_node(**changes: object) -> dict[str, Any]:
    return {**JOB, "jobs": {"train": {**JOB["jobs"]["train"], **changes}}}


def test_steps_come_in_the_order_of_their_needs():
    assert [step.name for step in plan("j", JOB, SPECS.__getitem__)] == ["train.read", "train.fit"]


def test_bindings_reach_through_the_pipeline_to_the_job():
    read, fit = plan("j", JOB, SPECS.__getitem__)
    assert read.literals == {"manifest": "https://blobs/m.json"}
    assert fit.outputs == {"model": "azureml://datastores/ratchet_runs/paths/j/model"}


def test_one_step_reads_where_another_writes():
    read, fit = plan("j", JOB, SPECS.__getitem__)
    assert fit.folders == {"rows": read.outputs["rows"]}
    assert read.outputs["rows"] == (
        f"azureml://datastores/workspaceblobstore/paths/azureml/{read.run}/rows"
    )


def test_an_input_not_given_takes_its_default():
    _, fit = plan("j", JOB, SPECS.__getitem__)
    assert fit.literals == {"rate": "0.5"}


def test_a_job_that_is_a_component_runs_its_nodes():
    job = {**JOB, "componentId": "learn", "jobs": {}}
    assert [step.name for step in plan("j", job, SPECS.__getitem__)] == ["read", "fit"]


def test_runs_have_the_same_ids_at_every_start():
    first, second = (plan("j", JOB, SPECS.__getitem__) for _ in range(2))
    assert [step.run for step in first] == [step.run for step in second]
    assert first[0].run != plan("k", JOB, SPECS.__getitem__)[0].run


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        pytest.param(with_node(inputs={}), "train is not given its input manifest", id="missing"),
        pytest.param(
            with_node(inputs={"manifest": literal("${{parent.inputs.other}}")}),
            "which is nowhere given",
            id="bound to nothing",
        ),
        pytest.param({**JOB, "jobs": {"a": {}}}, "a names no component", id="no component"),
        pytest.param(
            {**JOB, "jobs": {"a": {"componentId": "sweep"}}}, "only commands run", id="sweep"
        ),
        pytest.param(
            {**JOB, "jobs": {"a": {"componentId": "file"}}}, "passed as uri_folder", id="uri_file"
        ),
        pytest.param(
            {
                **JOB,
                "jobs": {
                    one: {
                        "componentId": "fit",
                        "inputs": {"rows": literal("${{parent.jobs." + other + ".outputs.model}}")},
                    }
                    for one, other in (("a", "b"), ("b", "a"))
                },
            },
            "need each other",
            id="circle",
        ),
    ],
)
def test_a_job_that_cannot_be_planned_is_refused(job: dict[str, Any], sentence: str):
    specs = {
        **SPECS,
        "sweep": {"type": "sweep"},
        "file": command({}, {"model": {"type": "uri_file"}}),
    }
    with pytest.raises(Refused, match=sentence):
        plan("j", job, specs.__getitem__)
