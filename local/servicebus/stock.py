"""The messages of one queue, each in its place and on disk.

A message is either scheduled, ready in the backlog, deferred, or taken out of these by a lock;
only the first three are this module's concern.
"""

import heapq
from collections.abc import Container

from local.servicebus.alarms import Alarms
from local.servicebus.backlog import Backlog
from local.servicebus.errors import MessageNotFound
from local.servicebus.messages import Draft, Message, MessageState
from local.servicebus.store import Store


class Stock:
    """Numbers messages, keeps them and knows which comes next; `by_session` makes the lanes."""

    def __init__(self, queue: str, *, by_session: bool, store: Store) -> None:
        self._queue = queue
        self._by_session = by_session
        self._store = store
        self._backlog = Backlog()
        self._schedule: Alarms[int] = Alarms()
        self._last = store.last_sequence(queue)
        self._messages = {message.sequence: message for message in store.messages(queue)}
        for message in self._messages.values():
            self.place(message)

    def next_number(self) -> int:
        """A sequence number that was never given before."""
        self._last += 1
        self._store.set_last_sequence(self._queue, self._last)
        return self._last

    def add(self, sequence: int, draft: Draft, now: float) -> None:
        """Take a new message in, for now or for its due time."""
        scheduled = draft.due is not None and draft.due > now
        message = Message(
            sequence=sequence,
            payload=draft.payload,
            enqueued_at=now,
            message_id=draft.message_id,
            session_id=draft.session_id,
            due=draft.due if scheduled else None,
            state=MessageState.SCHEDULED if scheduled else MessageState.ACTIVE,
        )
        self.adopt(message)

    def adopt(self, message: Message) -> None:
        """Take in a message that has its number already."""
        self._messages[message.sequence] = message
        self.update(message)
        self.place(message)

    def place(self, message: Message) -> None:
        """Put a message that nobody holds where its state says."""
        if message.due is not None:
            self._schedule.set(message.sequence, message.due)
        elif message.state is MessageState.ACTIVE:
            self._backlog.push(message.session_id if self._by_session else None, message)

    def update(self, message: Message) -> None:
        """Store what changed in a message."""
        self._store.save(self._queue, message)

    def remove(self, message: Message) -> None:
        """Forget a message; it is not in the backlog any more."""
        del self._messages[message.sequence]
        self._schedule.cancel(message.sequence)
        self._store.delete(self._queue, message.sequence)

    def pop(self, session: str | None) -> Message | None:
        """Take the next ready message of a session, or of a queue without sessions."""
        return self._backlog.pop(session)

    def first_session(self, taken: Container[str]) -> str | None:
        """The session, among those not taken, whose ready message has waited longest."""
        return self._backlog.first_lane(taken)

    def find(self, sequence: int, state: MessageState) -> Message:
        """The message of that number. Raises MessageNotFound unless it is in that state."""
        message = self._messages.get(sequence)
        if message is None or message.state is not state:
            raise MessageNotFound(
                f"{self._queue} has no {state.name.lower()} message {sequence}: it was never so, "
                "or has been received, cancelled or enqueued meanwhile"
            )
        return message

    def peek(self, first: int, count: int, session: str | None) -> list[Message]:
        """Messages from a number on, whatever their state, of one session or of all."""
        chosen = (
            message
            for message in self._messages.values()
            if message.sequence >= first and session in (None, message.session_id)
        )
        return heapq.nsmallest(count, chosen, key=lambda message: message.sequence)

    def next_due(self) -> float | None:
        """When the first scheduled message is due, if any is."""
        return self._schedule.next()

    def enqueue_due(self, now: float) -> None:
        """Make scheduled messages ready whose time has come.

        Each gets a new sequence number, as if it had been sent just now. Source:
        learn.microsoft.com, "Message sequencing and timestamps" (Service Bus).
        """
        for sequence in self._schedule.due(now):
            message = self._messages[sequence]
            with self._store.transaction():
                self.remove(message)
                message.sequence = self.next_number()
                message.enqueued_at, message.due = now, None
                message.state = MessageState.ACTIVE
                self.adopt(message)
