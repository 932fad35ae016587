"""The queues, in memory: encoded as on the wire, a second send of the same message is dropped."""

from datetime import UTC, datetime

from msgspec import Struct

from decisions import names
from decisions.actions import AnyWork
from decisions.codec import encode
from decisions.events import AnyEvent
from decisions.ports import Parked

_AT_ONCE = datetime.min.replace(tzinfo=UTC)


class Message(Struct, frozen=True, kw_only=True):
    """A message that waits; `model` is its session on the queue `lanes`."""

    id: str
    queue: str
    model: str
    body: bytes
    at: datetime
    retry: int = 0


class MemoryMessages:
    """Port `Messages`; whoever plays the host takes from `waiting`."""

    def __init__(self) -> None:
        self.waiting: dict[str, Message] = {}
        self.parked: list[Parked] = []
        self._seen: set[str] = set()

    def lane(self, event: AnyEvent, at: datetime | None = None, retry: int = 0) -> None:
        """Send to the lane of the event's model."""
        identifier = names.message_id(event.model, type(event).__name__, event.cause, retry)
        self._send(identifier, "lanes", event.model, encode(event), at, retry)

    def work(self, work: AnyWork, at: datetime | None = None, retry: int = 0) -> None:
        """Send a piece of work."""
        identifier = names.message_id(work.model, type(work).__name__, work.key, retry)
        self._send(identifier, "work", work.model, encode(work), at, retry)

    def forget(self) -> None:
        """Let the window of duplicate detection pass."""
        self._seen.clear()

    def park(self, parked: Parked) -> None:
        """Set a message aside."""
        self.parked.append(parked)

    def _send(
        self,
        identifier: str,
        queue: str,
        model: str,
        body: bytes,
        at: datetime | None,
        retry: int,
    ) -> None:
        if identifier in self._seen:
            return
        self._seen.add(identifier)
        self.waiting[identifier] = Message(
            id=identifier, queue=queue, model=model, body=body, at=at or _AT_ONCE, retry=retry
        )
