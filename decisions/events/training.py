"""A training becomes due, is given its data, and ends."""

from typing import Literal

from msgspec import Struct

from decisions.events.event import Event

Reason = Literal["new_data", "drift", "schedule", "person", "held"]


class TrainingDue(Event, frozen=True, kw_only=True):
    """Somebody or something wants a fresh model."""

    reason: Reason
    key: str
    ordinal: int = 0

    @property
    def cause(self) -> str:
        """One wish a reason and key."""
        return f"training/{self.reason}/{self.key}/{self.ordinal}"


class Manifest(Struct, frozen=True, kw_only=True):
    """The exact blobs that a run is given; `digest` is the run's data version, `size` in bytes."""

    digest: str
    url: str
    files: int
    size: int


class ManifestFrozen(Event, frozen=True, kw_only=True):
    """The data of an attempt is fixed."""

    attempt: int
    manifest: Manifest

    @property
    def cause(self) -> str:
        """One manifest an attempt."""
        return f"manifest/{self.attempt}"


class RunCompleted(Event, frozen=True, kw_only=True):
    """The workspace says that a run completed; the run is read again before it is believed."""

    run: str

    @property
    def cause(self) -> str:
        """One end a run."""
        return f"run/{self.run}/Completed"


class RunFailed(Event, frozen=True, kw_only=True):
    """The workspace says that a run ended otherwise (`status`: Failed, Canceled, …)."""

    run: str
    status: str

    @property
    def cause(self) -> str:
        """One end a run and status."""
        return f"run/{self.run}/{self.status}"
