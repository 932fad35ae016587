"""A workspace that runs nothing: jobs are submitted here and ended by whoever plays Azure ML."""

from decisions.actions import SubmitTraining
from decisions.errors import Rejected
from decisions.facts import RunFacts


class MemoryTraining:
    """Port `Training`, and `end` for whoever plays the workspace."""

    def __init__(self) -> None:
        self.jobs: dict[str, SubmitTraining] = {}
        self.submissions = 0
        self._runs: dict[str, RunFacts] = {}

    def submit(self, action: SubmitTraining) -> None:
        """Start a job under its name, once."""
        known = self.jobs.setdefault(action.job, action)
        if known.causes != action.causes:
            raise Rejected(f"{action.job} exists with another cause", "job_exists")
        if action.job not in self._runs:
            self.submissions += 1
            self._runs[action.job] = RunFacts(status="Running")

    def look(self, job: str) -> RunFacts | None:
        """The job now."""
        return self._runs.get(job)

    def cancel(self, job: str) -> None:
        """Stop a job that runs."""
        if job in self._runs and self._runs[job].status == "Running":
            self._runs[job] = RunFacts(status="Canceled")

    def end(self, job: str, status: str = "Completed", reason: str | None = None) -> None:
        """Let a job end."""
        self._runs[job] = RunFacts(status=status, reason=reason)
