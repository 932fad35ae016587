"""The queues."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from decisions.actions import AnyWork
from decisions.events import AnyEvent


class Parked(Struct, frozen=True, kw_only=True):
    """A message that was given up: what it was, why, and where it came from.

    `retry` is the last one that was sent, so that a redrive goes on counting from it.
    """

    source: str
    reason: str
    body: str
    model: str | None = None
    trace: str | None = None
    retry: int = 0


class Messages(Protocol):
    """The queues `lanes`, `work` and `parked`; a second send of the same message is dropped.

    `retry` numbers the sends of a message that has to be tried again later: it is part of the
    message's id, and travels with it as a property.
    """

    def lane(self, event: AnyEvent, at: datetime | None = None, retry: int = 0) -> None:
        """Send to the lane of the event's model, not before `at`."""

    def work(self, work: AnyWork, at: datetime | None = None, retry: int = 0) -> None:
        """Send a piece of work, not before `at`."""

    def park(self, parked: Parked) -> None:
        """Set a message aside for people."""
