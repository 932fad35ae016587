"""What Azure ML is sent to run one published pipeline: the body that azure-ai-ml 1.35.2 sends too.

Above the nodes keys are camelCase, inside them snake_case: so Azure ML has it.
"""

from typing import Any

from decisions import names
from decisions.actions import SubmitTraining

CAUSE, MODEL, MANIFEST = "ratchet.cause", "ratchet.model", "ratchet.manifest"

_LONGEST_TAG = 256
_OUTPUTS = "azureml://datastores/ratchet_runs/paths"


def pipeline_job(action: SubmitTraining, component: str) -> dict[str, Any]:
    """The body of a job that runs one pipeline component, given by its ARM id.

    A step's result is never reused from an earlier job (`force_rerun`), since it would then not be
    written to where this job's outputs are looked for.
    """
    return {
        "properties": {
            "jobType": "Pipeline",
            "displayName": f"{action.model}: {action.job}",
            "experimentName": action.model,
            "tags": {
                CAUSE: cause_tag(action.causes),
                MODEL: action.model,
                MANIFEST: action.manifest.digest,
            },
            "properties": {},
            "isArchived": False,
            "settings": {"force_rerun": True, "_source": "YAML.JOB"},
            "inputs": {"manifest": {"value": action.manifest.url, "jobInputType": "literal"}},
            "outputs": {
                "model": _folder(f"{_OUTPUTS}/{action.job}/model"),
                "evidence": _folder(f"{_OUTPUTS}/{action.job}/evidence"),
            },
            "jobs": {"train": _node(component)},
        }
    }


def cause_tag(causes: tuple[str, ...]) -> str:
    """The causes as one tag; a list too long for a tag is cut and told apart by its digest."""
    joined = ", ".join(causes)
    if len(joined) <= _LONGEST_TAG:
        return joined
    return f"{joined[: _LONGEST_TAG - 68]}… {names.digest(*causes)}"


def _folder(uri: str) -> dict[str, str]:
    return {"uri": uri, "jobOutputType": "uri_folder"}


def _node(component: str) -> dict[str, Any]:
    return {
        "name": "train",
        "type": "pipeline",
        "inputs": {
            "manifest": {"value": "${{parent.inputs.manifest}}", "job_input_type": "literal"}
        },
        "outputs": {
            "model": {"value": "${{parent.outputs.model}}", "type": "literal"},
            "evidence": {"value": "${{parent.outputs.evidence}}", "type": "literal"},
        },
        "_source": "REMOTE.WORKSPACE.COMPONENT",
        "componentId": component,
    }
