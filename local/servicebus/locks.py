"""Which messages are in whose hands: a token for each, and an end for those without a session.

The lock of a session's message has no end of its own; it lives and dies with the session's.
"""

import secrets
from collections.abc import Iterator

from local.servicebus.alarms import Alarms
from local.servicebus.errors import BrokerError, MessageLockLost, SessionLockLost
from local.servicebus.messages import Lock, Message

TOKEN_BYTES = 12  # Sixteen characters of URL-safe base 64.


class Locks:
    """The locked messages of one queue."""

    def __init__(self, queue: str, *, by_session: bool) -> None:
        self._queue = queue
        self._lost = SessionLockLost if by_session else MessageLockLost
        self._locks: dict[str, Lock] = {}
        self._ends: Alarms[str] = Alarms()

    def holds(self, sequence: int) -> bool:
        """Whether the message of that number is locked."""
        return any(lock.message.sequence == sequence for lock in self._locks.values())

    def take(self, message: Message, until: float, session: str | None) -> Lock:
        """Lock a message: until a time, or as long as its session is held."""
        lock = Lock(secrets.token_urlsafe(TOKEN_BYTES), message, until, session)
        self._locks[lock.token] = lock
        if session is None:
            self._ends.set(lock.token, until)
        return lock

    def release(self, token: str) -> Message:
        """Give the message back. Raises when the token locks nothing."""
        try:
            lock = self._locks.pop(token)
        except KeyError:
            raise self._loss(token) from None
        self._ends.cancel(token)
        return lock.message

    def renew(self, token: str, until: float) -> None:
        """Move the end of a message's own lock. Raises when it has none."""
        if token not in self._ends:
            raise self._loss(token)
        self._ends.set(token, until)

    def release_session(self, session: str) -> list[Message]:
        """Give back all messages that were locked under a session."""
        tokens = [token for token, lock in self._locks.items() if lock.session == session]
        return [self.release(token) for token in tokens]

    def expired(self, now: float) -> Iterator[Message]:
        """Take back the messages whose own lock has run out."""
        for token in self._ends.due(now):
            yield self._locks.pop(token).message

    def next_end(self) -> float | None:
        """When the first lock runs out, if any does."""
        return self._ends.next()

    def _loss(self, token: str) -> BrokerError:
        return self._lost(
            f"lock {token} of {self._queue} is not held: it expired, or the message was settled "
            "already; the message comes again if it was not settled"
        )
