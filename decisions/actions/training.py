"""Training jobs are started and stopped."""

from decisions.actions.action import Action
from decisions.events import Manifest


class SubmitTraining(Action, frozen=True, kw_only=True):
    """Start the model's pipeline on a frozen manifest; `job` is its deterministic name."""

    job: str
    pipeline: str
    manifest: Manifest
    causes: tuple[str, ...]

    @property
    def key(self) -> str:
        """One submission a job."""
        return self.job

    @property
    def slot(self) -> str:
        """A job that was cancelled must not be submitted any more."""
        return f"job/{self.job}"


class CancelTraining(Action, frozen=True, kw_only=True):
    """Stop a job that took too long."""

    job: str

    @property
    def key(self) -> str:
        """One end a job."""
        return self.job

    @property
    def slot(self) -> str:
        """As for its submission."""
        return f"job/{self.job}"
