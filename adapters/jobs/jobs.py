"""Port `Training` on an Azure Machine Learning workspace."""

from typing import Any

from msgspec.structs import replace

from adapters.arm import Arm
from adapters.jobs.body import CAUSE, cause_tag, pipeline_job
from adapters.jobs.history import API_VERSION, History
from decisions.actions import SubmitTraining
from decisions.errors import Missing, Rejected, Transient
from decisions.facts import RunFacts

_ENDED = frozenset({"Completed", "Failed", "Canceled"})


class Jobs:
    """Port `Training`; `workspace` is the ARM id of the workspace."""

    def __init__(self, arm: Arm, workspace: str) -> None:
        self._arm = arm
        self._workspace = workspace.rstrip("/")
        self._history = History(arm, self._workspace)

    def submit(self, action: SubmitTraining) -> None:
        """Start a job under its name, once.

        A job is looked for before it is put, since Azure ML would replace the tags of an equal job
        in silence; and after a refused put, since that first look may have been a stale one.
        """
        job = self._find(action.job) or self._create(action)
        known = job["properties"].get("tags", {}).get(CAUSE)
        if known != cause_tag(action.causes):
            raise Rejected(
                f"job {action.job} exists in the workspace with the cause {known!r}: it is not "
                "the one to be started now; delete or rename it there",
                "job_exists",
            )

    def look(self, job: str) -> RunFacts | None:
        """The job now; None when there is no such job."""
        found = self._find(job)
        if found is None:
            return None
        facts = RunFacts(status=found["properties"].get("status", "Unknown"))
        return replace(facts, reason=self._history.reason(job)) if facts.failed else facts

    def cancel(self, job: str) -> None:
        """Ask for the job to be stopped; one that ended or never was is left alone."""
        if self._ended(job):
            return
        try:
            self._arm.post(f"{self._id(job)}/cancel", API_VERSION)
        except Rejected:
            if not self._ended(job):
                raise

    def _ended(self, job: str) -> bool:
        found = self._find(job)
        return found is None or found["properties"].get("status") in _ENDED

    def _find(self, job: str) -> dict[str, Any] | None:
        return self._arm.find(self._id(job), API_VERSION)

    def _create(self, action: SubmitTraining) -> dict[str, Any]:
        body = pipeline_job(action, self._component(action.pipeline))
        try:
            return self._arm.put(self._id(action.job), API_VERSION, body)
        except (Rejected, Transient):
            # It may be there all the same: refused as immutable, or its answer was lost.
            known = self._find(action.job)
            if known is None:
                raise
            return known

    def _component(self, pipeline: str) -> str:
        """The ARM id of a published pipeline, given as `name` (its newest version) or `name:1`."""
        name, _, version = pipeline.partition(":")
        component = f"{self._workspace}/components/{name}"
        if version:
            return f"{component}/versions/{version}"
        newest = self._arm.list(
            f"{component}/versions", API_VERSION, orderBy="createdtime desc", top="1"
        )
        if not newest:
            raise Missing(
                f"no pipeline {name} is published in {self._workspace}: run `ratchet publish`",
                "no_pipeline",
            )
        return f"{component}/versions/{newest[0]['name']}"

    def _id(self, job: str) -> str:
        return f"{self._workspace}/jobs/{job}"
