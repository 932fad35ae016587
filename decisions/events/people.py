"""What a person asks of a model."""

from decisions.events.event import Event, Moment


class PauseRequested(Event, frozen=True, kw_only=True):
    """A person wants nothing new to start for this model; asked `at` that time, if it is known."""

    key: str
    by: str = "unknown"
    at: Moment | None = None

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"pause/{self.key}"


class ResumeRequested(Event, frozen=True, kw_only=True):
    """A person lets the model go on; asked `at` that time, if it is known."""

    key: str
    by: str = "unknown"
    at: Moment | None = None

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"resume/{self.key}"


class RedeployRequested(Event, frozen=True, kw_only=True):
    """A person wants the champion rolled out that is not live: its first rollout failed."""

    key: str
    by: str = "unknown"

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"redeploy/{self.key}"


class AckRequested(Event, frozen=True, kw_only=True):
    """A person has taken notice of an incident and wants no further news about it."""

    key: str
    incident: str
    by: str = "unknown"

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"ack/{self.key}"


class SnoozeRequested(Event, frozen=True, kw_only=True):
    """A person wants neither news of an incident nor a training from it, until a time."""

    key: str
    incident: str
    until: Moment
    by: str = "unknown"

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"snooze/{self.key}"
