"""Who holds which session, until when; and the state that a session keeps for its next holder.

A session is exclusive: its lock is an umbrella over the locks of its messages, held by one
receiver link (`holder`) at a time, and only that one renews it or touches its state.
Source: learn.microsoft.com, "Message sessions" (Service Bus).
"""

from collections.abc import Hashable, Iterator

from local.servicebus.alarms import Alarms
from local.servicebus.errors import SessionCannotBeLocked, SessionLockLost
from local.servicebus.store import Store


class Sessions:
    """The session locks of one queue, in memory, and its session states, in the store."""

    def __init__(self, queue: str, lock_seconds: float, store: Store) -> None:
        self._queue = queue
        self._lock_seconds = lock_seconds
        self._store = store
        self._holders: dict[str, Hashable] = {}
        self._until: Alarms[str] = Alarms()

    def __contains__(self, session: object) -> bool:
        return session in self._holders

    def accept(self, session: str, holder: Hashable, now: float) -> None:
        """Give the session to `holder`. Raises SessionCannotBeLocked when another has it."""
        if session in self._holders:
            raise SessionCannotBeLocked(
                f"session {session!r} of {self._queue} is held by another receiver until its "
                "lock expires or is released: wait, or ask for the next available session"
            )
        self._holders[session] = holder
        self._until.set(session, now + self._lock_seconds)

    def check(self, session: str | None, holder: Hashable) -> str:
        """The session, if `holder` has it. Raises SessionLockLost else."""
        if session is None or session not in self._holders or self._holders[session] != holder:
            raise SessionLockLost(
                f"session {session!r} of {self._queue} is not held by this receiver: its lock "
                "expired or was released; accept the session again"
            )
        return session

    def until(self, session: str) -> float:
        """When the lock of a held session expires."""
        return self._until[session]

    def renew(self, session: str | None, holder: Hashable, now: float) -> float:
        """Extend the lock by the queue's lock duration; gives its new end."""
        held = self.check(session, holder)
        self._until.set(held, now + self._lock_seconds)
        return self._until[held]

    def release(self, session: str) -> None:
        """Let go of a session, so that anybody may accept it."""
        del self._holders[session]
        self._until.cancel(session)

    def next_expiry(self) -> float | None:
        """When the first session lock expires, if any is held."""
        return self._until.next()

    def expired(self, now: float) -> Iterator[str]:
        """Let go of every session whose lock has run out, and name it."""
        for session in self._until.due(now):
            del self._holders[session]
            yield session

    def state(self, session: str | None, holder: Hashable) -> bytes | None:
        """What the last holder left, or None."""
        return self._store.session_state(self._queue, self.check(session, holder))

    def set_state(self, session: str | None, holder: Hashable, state: bytes | None) -> None:
        """Leave a state for the next holder; None clears it."""
        self._store.set_session_state(self._queue, self.check(session, holder), state)
