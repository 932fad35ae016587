"""The run history: where Azure ML tells why a run failed, and where its log is.

A job's ARM resource has a status and no reason. The reason is in the details of its run, which
Microsoft's own client reads when it streams a job.
Source: azure-ai-ml 1.35.2, `_restclient/runhistory` (MIT).
"""

from typing import Any

from local.cloud.workspace.errors import not_found
from local.cloud.workspace.record import JobRecord, Records, RunRecord
from local.cloud.workspace.runs import ROOT
from local.cloud.workspace.step import LOG, log_place
from local.cloud.workspace.storage import Storage


class History:
    """Answers for `…/runs/{run}/details`."""

    def __init__(self, records: Records, storage: Storage) -> None:
        self._records = records
        self._storage = storage

    def details(self, run: str) -> dict[str, Any]:
        """A run with its error and its log files, whether it is a job's or a step's."""
        for job in self._records.all():
            for step, record in job.runs.items():
                if record.id == run:
                    return self._view(job, step, record)
        raise not_found("run", run)

    def _view(self, job: JobRecord, step: str, run: RunRecord) -> dict[str, Any]:
        log = f"{self._storage.url(log_place(run.id))}/{LOG.rpartition('/')[2]}"
        return {
            "runId": run.id,
            "rootRunId": job.name,
            "parentRunId": None if step == ROOT else job.name,
            "status": run.status,
            "startTimeUtc": run.started,
            "endTimeUtc": run.ended,
            "error": error_of(run.error),
            "tags": job.properties.get("tags") or {},
            "properties": {},
            "logFiles": {} if step == ROOT else {LOG: log},
        }


def error_of(sentence: str | None) -> dict[str, Any] | None:
    """A run's error as Azure ML shapes it."""
    if sentence is None:
        return None
    return {"error": {"code": "UserError", "message": sentence}}
