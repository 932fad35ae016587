"""Message ids seen within a window: what makes the second send of an id a duplicate.

The id alone counts, whatever the session, and a scheduled message counts from its sending, not
from its due time. Source: learn.microsoft.com, "Duplicate detection" (Service Bus).
"""

from local.servicebus.store import Store


class DuplicateHistory:
    """The ids of one queue, oldest first; a window of 0 seconds remembers nothing."""

    def __init__(self, queue: str, window: float, store: Store) -> None:
        self._queue = queue
        self._window = window
        self._store = store
        self._seen = store.remembered(queue) if window else {}

    def admits(self, message_id: str | None, now: float) -> bool:
        """Whether the id is new within the window; if so it is remembered from now on."""
        if not self._window or message_id is None:
            return True
        self._forget(now - self._window)
        if message_id in self._seen:
            return False
        self._seen[message_id] = now
        self._store.remember(self._queue, message_id, now)
        return True

    def _forget(self, horizon: float) -> None:
        outdated = []
        for message_id, at in self._seen.items():
            if at > horizon:
                break
            outdated.append(message_id)
        for message_id in outdated:
            del self._seen[message_id]
            self._store.forget(self._queue, message_id)
