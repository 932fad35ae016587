"""One queue: sending, receiving under a lock, settling.

Every operation first lets the time pass (`tick`): locks that ran out by `now` are gone before it
looks, whether or not an alarm rang meanwhile.
"""

from collections.abc import Hashable, Sequence

from local.servicebus.duplicates import DuplicateHistory
from local.servicebus.errors import MessageNotFound, NotAllowed
from local.servicebus.locks import Locks
from local.servicebus.messages import Draft, Lock, Message, MessageState
from local.servicebus.sessions import Sessions
from local.servicebus.settings import QueueSettings
from local.servicebus.stock import Stock
from local.servicebus.store import Store


class Queue:
    """A queue, or (without `dead_letters` of its own) the dead-letter queue of one."""

    def __init__(
        self, settings: QueueSettings, store: Store, dead_letters: "Queue | None" = None
    ) -> None:
        properties = settings.properties
        self.name = settings.name
        self.requires_session = properties.requires_session
        self._sessions = Sessions(self.name, properties.lock_seconds, store)
        self._lock_seconds = properties.lock_seconds
        self._max_deliveries = properties.max_delivery_count
        self._store = store
        self._dead_letters = dead_letters
        self._history = DuplicateHistory(self.name, properties.duplicate_window_seconds, store)
        self._stock = Stock(self.name, by_session=self.requires_session, store=store)
        self._locks = Locks(self.name, by_session=self.requires_session)

    def tick(self, now: float) -> None:
        """Do what has become due: enqueue the scheduled, fail the deliveries that timed out."""
        self._stock.enqueue_due(now)
        for message in self._locks.expired(now):
            self._fail(message)
        for session in self._sessions.expired(now):
            for message in self._locks.release_session(session):
                self._fail(message)

    def next_deadline(self) -> float | None:
        """When `tick` will have something to do, if nothing happens before."""
        deadlines = (self._stock.next_due(), self._locks.next_end(), self._sessions.next_expiry())
        return min((at for at in deadlines if at is not None), default=None)

    def send(self, drafts: Sequence[Draft], now: float) -> list[int]:
        """Store all the drafts or none, and give their sequence numbers.

        A duplicate is dropped in silence, as Service Bus does; its number then belongs to nobody.
        Raises NotAllowed for a dead-letter queue and for a missing session id.
        """
        self.tick(now)
        if self._dead_letters is None:
            raise NotAllowed(f"{self.name} takes no messages from outside: send to its queue")
        if self.requires_session and any(draft.session_id is None for draft in drafts):
            raise NotAllowed(f"{self.name} requires sessions: set a session id on every message")
        with self._store.transaction():
            return [self._take_in(draft, now) for draft in drafts]

    def receive(
        self, now: float, *, session: str | None = None, holder: Hashable = None
    ) -> Lock | None:
        """Lock the next message, or give None when none is ready.

        Raises SessionLockLost when the queue requires sessions and `holder` has not this one.
        """
        self.tick(now)
        until = self._until(session, holder, now)
        message = self._stock.pop(session)
        return None if message is None else self._locks.take(message, until, session)

    def receive_deferred(
        self,
        sequences: Sequence[int],
        now: float,
        *,
        session: str | None = None,
        holder: Hashable = None,
    ) -> list[Lock]:
        """Lock deferred messages by their numbers. Raises MessageNotFound if one is not there."""
        self.tick(now)
        until = self._until(session, holder, now)
        found = [self._deferred(sequence, session) for sequence in sequences]
        return [self._locks.take(message, until, session) for message in found]

    def complete(self, token: str, now: float) -> None:
        """The message is done with.

        Like all that settle, it raises MessageLockLost (in a queue with sessions SessionLockLost)
        when the token locks nothing.
        """
        self.tick(now)
        self._stock.remove(self._locks.release(token))

    def abandon(self, token: str, now: float) -> None:
        """The delivery failed: the message comes again, or is dead-lettered after the last try."""
        self.tick(now)
        self._fail(self._locks.release(token))

    def release(self, token: str, now: float) -> None:
        """The message was not looked at: it comes again and nothing is counted."""
        self.tick(now)
        self._stock.place(self._locks.release(token))

    def defer(self, token: str, now: float) -> None:
        """Put the message aside, to be received by its number alone."""
        self.tick(now)
        message = self._locks.release(token)
        message.state = MessageState.DEFERRED
        self._stock.update(message)

    def dead_letter(self, token: str, now: float, reason: str, description: str) -> None:
        """Move the message to the dead-letter queue."""
        self.tick(now)
        if self._dead_letters is None:
            raise NotAllowed(f"{self.name} is a dead-letter queue: complete the message instead")
        self._bury(self._locks.release(token), self._dead_letters, reason, description)

    def renew(self, token: str, now: float) -> float:
        """Extend a message's own lock by the lock duration; gives its new end."""
        self.tick(now)
        until = now + self._lock_seconds
        self._locks.renew(token, until)
        return until

    def cancel(self, sequences: Sequence[int], now: float) -> None:
        """Drop scheduled messages, all or none. Raises MessageNotFound if one is not there."""
        self.tick(now)
        found = [self._stock.find(sequence, MessageState.SCHEDULED) for sequence in sequences]
        with self._store.transaction():
            for message in found:
                self._stock.remove(message)

    def peek(self, first: int, count: int, session: str | None, now: float) -> list[Message]:
        """Look at messages from a number on without locking them."""
        self.tick(now)
        return self._stock.peek(first, count, session)

    def accept_session(self, session: str | None, holder: Hashable, now: float) -> str | None:
        """Give `holder` the named session, or for None the next one with a message ready.

        Gives its id, or None when no session is available. Raises SessionCannotBeLocked when the
        named one is held, NotAllowed when the queue has no sessions.
        """
        self.tick(now)
        if not self.requires_session:
            raise NotAllowed(f"{self.name} has no sessions: receive without a session id")
        chosen = session if session is not None else self._stock.first_session(self._sessions)
        if chosen is not None:
            self._sessions.accept(chosen, holder, now)
        return chosen

    def release_session(self, session: str, holder: Hashable, now: float) -> None:
        """Let go of a session. Its unsettled messages come again, with nothing counted.

        Source: learn.microsoft.com, "Message sessions", table "Impact of delivery count": closing
        a session does not count as a failed delivery, losing its lock does.
        """
        self.tick(now)
        self._sessions.release(self._sessions.check(session, holder))
        for message in self._locks.release_session(session):
            self._stock.place(message)

    def sessions_at(self, now: float) -> Sessions:
        """The session locks and states as they stand at that time."""
        self.tick(now)
        return self._sessions

    def adopt(self, message: Message) -> None:
        """Take in a dead letter. It keeps its number: the two queues share one sequence."""
        self._stock.adopt(message)

    def _take_in(self, draft: Draft, now: float) -> int:
        sequence = self._stock.next_number()
        if self._history.admits(draft.message_id, now):
            self._stock.add(sequence, draft, now)
        return sequence

    def _until(self, session: str | None, holder: Hashable, now: float) -> float:
        if self.requires_session:
            return self._sessions.until(self._sessions.check(session, holder))
        return now + self._lock_seconds

    def _deferred(self, sequence: int, session: str | None) -> Message:
        message = self._stock.find(sequence, MessageState.DEFERRED)
        if self._locks.holds(sequence):
            raise MessageNotFound(f"message {sequence} of {self.name} is locked by a receiver")
        if self.requires_session and message.session_id != session:
            raise MessageNotFound(f"message {sequence} of {self.name} is of another session")
        return message

    def _fail(self, message: Message) -> None:
        message.delivery_count += 1
        if self._dead_letters and message.delivery_count >= self._max_deliveries:
            self._bury(
                message,
                self._dead_letters,
                "MaxDeliveryCountExceeded",
                f"Message could not be consumed after {self._max_deliveries} delivery attempts.",
            )
        else:
            self._stock.update(message)
            self._stock.place(message)

    def _bury(self, message: Message, grave: "Queue", reason: str, description: str) -> None:
        with self._store.transaction():
            self._stock.remove(message)
            message.state = MessageState.ACTIVE
            message.dead_letter_reason, message.dead_letter_description = reason, description
            grave.adopt(message)
