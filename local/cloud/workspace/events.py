"""The Event Grid events of runs, in the Event Grid schema.

Azure raises RunStatusChanged at every change and RunCompleted when a run completed, for the run of
the job and for the run of every step; who wants root runs only has to choose.
Source: Azure/azure-rest-api-specs, Microsoft.MachineLearningServices 2018-01-01 (MIT).
"""

import uuid
from typing import Any

from local.cloud.workspace.record import JobRecord, RunRecord, now

_PROVIDER = "Microsoft.MachineLearningServices"


def run_events(workspace: str, job: JobRecord, run: RunRecord) -> list[dict[str, Any]]:
    """The events that a run's new status raises."""
    data = _data(job, run)
    events = [("RunStatusChanged", {**data, "runStatus": run.status})]
    if run.status == "Completed":
        events.append(("RunCompleted", data))
    return [
        {
            "id": str(uuid.uuid4()),
            "topic": workspace,
            "subject": f"experiments/{job.experiment}/runs/{run.id}",
            "eventType": f"{_PROVIDER}.{name}",
            "eventTime": now(),
            "data": content,
            "dataVersion": "",
            "metadataVersion": "1",
        }
        for name, content in events
    ]


def _data(job: JobRecord, run: RunRecord) -> dict[str, Any]:
    root = run.id == job.name
    kind = "azureml.PipelineRun" if root else "azureml.StepRun"
    belongs = {} if root else {"azureml.pipelinerunid": job.name}
    return {
        "experimentId": job.experiment,
        "experimentName": job.experiment_name,
        "runId": run.id,
        "runType": kind,
        "runTags": (job.properties.get("tags") or {}) if root else {},
        "runProperties": {"azureml.runsource": kind, **belongs},
    }
