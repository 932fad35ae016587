"""The collection `jobs`: what ARM answers about jobs, and what it refuses."""

import re
import threading
from typing import Any

from local.cloud.arm import Answer, Request
from local.cloud.errors import Refused
from local.cloud.workspace.answers import not_allowed, page
from local.cloud.workspace.errors import not_found, wrong
from local.cloud.workspace.plan import Spec
from local.cloud.workspace.record import JobRecord, Records, now
from local.cloud.workspace.runner import Runner
from local.cloud.workspace.runs import Runs

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")

# What Azure ML lets be changed once a job is there.
_MUTABLE = frozenset({"description", "tags", "properties", "isArchived", "notificationSetting"})


class Jobs:
    """Pipeline jobs by name."""

    def __init__(self, workspace: str, records: Records, runs: Runs, runner: Runner) -> None:
        self._workspace = workspace
        self._records = records
        self._runs = runs
        self._runner = runner
        # Two requests for the same new job at once must not run it twice.
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer for the collection or one of it. Raises Refused."""
        if request.method == "GET" and request.id.is_collection:
            return page((self._view(job) for job in reversed(self._records.all())), request)
        match request.method, request.action, request.id.name:
            case "GET", None, name:
                return Answer(status=200, body=self._view(self._found(name)))
            case "PUT", None, name:
                return self._put(name, request.body)
            case "DELETE", None, name:
                return self._delete(name)
            case "POST", "cancel", name:
                return self._cancel(name)
        raise not_allowed(request)

    def _put(self, name: str, body: Spec) -> Answer:
        """Create a job and run it, or replace what may change in one that is there."""
        properties = _checked(name, body)
        with self._lock:
            known = self._records.find(name)
            if known is None:
                job = JobRecord(name=name, properties=properties, created=now())
                self._records.save(job)
                self._runner.submit(name)
                return Answer(status=201, body=self._view(job))
        _same(known, properties)
        return Answer(status=200, body=self._view(self._runs.describe(name, properties)))

    def _cancel(self, name: str) -> Answer:
        job = self._found(name)
        if job.ended:
            raise wrong(f"The job {name} is {job.status} and cannot be stopped.")
        self._runner.cancel(name)
        return Answer(status=200)

    def _delete(self, name: str) -> Answer:
        job = self._found(name)
        if not job.ended:
            raise Refused(409, "Conflict", f"The job {name} is {job.status}; cancel it first.")
        self._records.forget(name)
        return Answer(status=200)

    def _found(self, name: str) -> JobRecord:
        job = self._records.find(name)
        if job is None:
            raise not_found("job", name)
        return job

    def _view(self, job: JobRecord) -> dict[str, Any]:
        """The resource; as in Azure it does not say why a job failed (see `history`)."""
        return {
            "id": f"{self._workspace}/jobs/{job.name}",
            "name": job.name,
            "type": "Microsoft.MachineLearningServices/workspaces/jobs",
            "properties": {
                "services": {},
                **job.properties,
                "experimentName": job.experiment_name,
                "status": job.status,
            },
            "systemData": {"createdAt": job.created, "createdByType": "Application"},
        }


def _checked(name: str, body: Spec) -> dict[str, Any]:
    if not _NAME.fullmatch(name):
        raise wrong(f"{name!r} cannot be the name of a job.")
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise wrong(f"The job {name} has no properties.")
    if properties.get("jobType") != "Pipeline":
        raise wrong(f"The job {name} is a {properties.get('jobType')}; only pipelines run here.")
    return properties


def _same(known: JobRecord, properties: dict[str, Any]) -> None:
    for key in (known.properties.keys() | properties.keys()) - _MUTABLE:
        if known.properties.get(key) != properties.get(key):
            raise Refused(
                400,
                "JobPropertyImmutable",
                f"The property {key} of the job {known.name} cannot be changed once it is there.",
            )
