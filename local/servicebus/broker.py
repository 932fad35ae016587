"""All queues of a namespace by their paths, each with its dead-letter queue."""

from collections.abc import Iterable

import msgspec

from local.servicebus.errors import EntityNotFound
from local.servicebus.queue import Queue
from local.servicebus.settings import QueueProperties, QueueSettings
from local.servicebus.store import Store

DEAD_LETTERS = "/$deadletterqueue"


class Broker:
    """The queues; names are matched without regard to case, as Service Bus does."""

    def __init__(self, queues: Iterable[QueueSettings], store: Store) -> None:
        self._queues: dict[str, Queue] = {}
        for settings in queues:
            dead_letters = Queue(_dead_letter_settings(settings), store)
            for queue in (Queue(settings, store, dead_letters), dead_letters):
                self._queues[queue.name.lower()] = queue

    def queue(self, path: str) -> Queue:
        """The queue, or the dead-letter queue, of that path. Raises EntityNotFound."""
        try:
            return self._queues[path.lower()]
        except KeyError:
            known = ", ".join(name for name in self._queues if not name.endswith(DEAD_LETTERS))
            raise EntityNotFound(f"there is no queue {path!r}; there are: {known}") from None

    def tick(self, now: float) -> None:
        """Let the time pass in every queue."""
        for queue in self._queues.values():
            queue.tick(now)

    def next_deadline(self) -> float | None:
        """When `tick` will next have something to do."""
        deadlines = (queue.next_deadline() for queue in self._queues.values())
        return min((at for at in deadlines if at is not None), default=None)


def _dead_letter_settings(settings: QueueSettings) -> QueueSettings:
    # Never sessions, never duplicates looked for: what is buried is to be read and nothing else.
    properties = QueueProperties(lock_duration=settings.properties.lock_duration)
    return msgspec.structs.replace(
        settings, name=settings.name + DEAD_LETTERS, properties=properties
    )
