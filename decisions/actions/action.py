"""What all actions have in common, and the one that only waits."""

from datetime import datetime

from msgspec import Struct

from decisions.events import AnyEvent


class Action(Struct, frozen=True, kw_only=True, tag=True, tag_field="action"):
    """Something to be done for one model."""

    model: str

    @property
    def key(self) -> str:
        """The business key; two actions of one kind with the same key are the same effect."""
        raise TypeError(f"{type(self).__name__} has no business key")

    @property
    def slot(self) -> str | None:
        """What only the newest action decides about: an older one that still waits is dropped."""
        return None


class Work(Action, frozen=True, kw_only=True):
    """Something heavy: it travels on the queue `work` and its result comes back as an event."""


class Schedule(Action, frozen=True, kw_only=True):
    """Send an event to the model's own lane, not before `at`."""

    event: AnyEvent
    at: datetime

    @property
    def key(self) -> str:
        """One message a cause."""
        return self.event.cause
