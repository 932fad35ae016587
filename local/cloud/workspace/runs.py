"""The runs of a job as others see them: in the store, in MLflow and as events, kept in step."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from local.cloud.workspace.events import run_events
from local.cloud.workspace.plan import step_run
from local.cloud.workspace.record import ENDED, JobRecord, Records, RunRecord, now
from local.cloud.workspace.tracking import Tracking

logger = logging.getLogger(__name__)

# The name of the job's own run among the runs of its steps.
ROOT = ""


class Runs:
    """Opens runs and changes their status; safe between threads."""

    def __init__(
        self,
        workspace: str,
        records: Records,
        tracking: Tracking,
        raise_event: Callable[[dict[str, Any]], None],
    ) -> None:
        self._workspace = workspace
        self._records = records
        self._tracking = tracking
        self._raise_event = raise_event
        self._lock = threading.Lock()

    def job(self, name: str) -> JobRecord:
        """The job as it is now."""
        found = self._records.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def unfinished(self) -> list[str]:
        """The names of the jobs that have not ended, oldest first."""
        return [job.name for job in self._records.all() if not job.ended]

    def open(self, name: str, step: str) -> None:
        """Open the run of a job or a step, or open it again after a restart.

        The run exists before MLflow has heard of it, so that it can fail if MLflow does not answer.
        """
        run = RunRecord(id=name if step == ROOT else step_run(name, step), started=now())
        with self._lock:
            job = self.job(name)
            run = job.runs.setdefault(step, run)
            self._records.save(job)
        if run.mlflow is None:
            self._track(job, step)

    def _track(self, job: JobRecord, step: str) -> None:
        experiment = job.experiment or self._tracking.experiment(job.experiment_name)
        tags = dict(job.properties.get("tags") or {})
        if step != ROOT:
            tags["mlflow.parentRunId"] = job.runs[ROOT].mlflow
        run = self._tracking.start(experiment, step or job.name, tags)
        with self._lock:
            job = self.job(job.name)
            job.experiment = experiment
            job.runs[step].mlflow = run
            self._records.save(job)

    def change(self, name: str, step: str, status: str, error: str | None = None) -> None:
        """Give a run its new status and tell everybody."""
        with self._lock:
            job = self.job(name)
            run = job.runs[step]
            run.status, run.error = status, error
            if status in ENDED:
                run.ended = now()
            if step == ROOT:
                job.status, job.error = status, error
            self._records.save(job)
        if status in ENDED:
            self._close(run)
        self._tell(job, step)

    def describe(self, name: str, properties: dict[str, Any]) -> JobRecord:
        """Give a job other properties, such as its tags."""
        with self._lock:
            job = self.job(name)
            job.properties = properties
            self._records.save(job)
            return job

    def ask_to_cancel(self, name: str) -> bool:
        """Note that a job shall stop; whether there was anything left to stop."""
        with self._lock:
            job = self.job(name)
            if job.ended:
                return False
            job.cancelled, job.status = True, "CancelRequested"
            self._records.save(job)
            return True

    def _close(self, run: RunRecord) -> None:
        if run.mlflow is None:
            return
        try:
            self._tracking.end(run.mlflow, run.status)
        except ConnectionError as error:
            # The job has ended all the same; MLflow will show the run as running.
            logger.warning("The run %s could not be closed: %s", run.id, error)

    def _tell(self, job: JobRecord, step: str) -> None:
        for event in run_events(self._workspace, job, job.runs[step]):
            try:
                self._raise_event(event)
            except OSError as error:
                # Azure may lose an event as well; whoever waits for it looks again.
                logger.warning("The event %s was lost: %s", event["eventType"], error)
