"""What the workspace knows of a job: as it was put, and what has become of it since."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, field

from local.cloud.store import Store

ENDED = frozenset({"Completed", "Failed", "Canceled"})


class RunRecord(Struct, kw_only=True):
    """A run in the workspace: `id` is its name there, `mlflow` the run it logs to once there is."""

    id: str
    started: str
    status: str = "NotStarted"
    mlflow: str | None = None
    ended: str | None = None
    error: str | None = None


class JobRecord(Struct, kw_only=True):
    """A job; `runs` holds the run of each step by its name, and the job's own under ""."""

    name: str
    properties: dict[str, Any]
    created: str
    status: str = "NotStarted"
    experiment: str | None = None
    cancelled: bool = False
    runs: dict[str, RunRecord] = field(default_factory=dict)
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED

    @property
    def experiment_name(self) -> str:
        """The experiment that its runs belong to."""
        return str(self.properties.get("experimentName") or "Default")


class Records:
    """The jobs of a workspace in its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, job: JobRecord) -> None:
        """Remember a job as it is."""
        self._store.put("job", job.name, msgspec.to_builtins(job))

    def find(self, name: str) -> JobRecord | None:
        """A job, or None."""
        found = self._store.get("job", name)
        return msgspec.convert(found, JobRecord) if found else None

    def all(self) -> list[JobRecord]:
        """Every job, oldest first."""
        found = (self.find(name) for name in self._store.names("job"))
        return [job for job in found if job]

    def forget(self, name: str) -> None:
        """Delete a job."""
        self._store.delete("job", name)


def now() -> str:
    """The time as Azure writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
