"""Links on which clients receive from a queue, with a session or without.

When a link goes, its session is released and the session's messages come again at once. The lock
of a message without a session stays until it expires: Service Bus keeps it too (Azure/amqpnetlite
issue 340), a client that closes in good order releases what it has not handed out, and one that
reconnects in time may still settle by token.
"""

from collections.abc import Hashable
from contextlib import suppress

from proton import Condition, Delivery, Link, Sender

from local.servicebus.amqp import wire
from local.servicebus.amqp.hub import Hub
from local.servicebus.amqp.links import condition, refuse
from local.servicebus.errors import BrokerError, SessionLockLost
from local.servicebus.messages import Lock
from local.servicebus.queue import Queue

_OUTCOMES = (Delivery.ACCEPTED, Delivery.REJECTED, Delivery.RELEASED, Delivery.MODIFIED)


class Outlet:
    """Sends while there is credit; locked, or for good on a link whose transfers are settled."""

    deadline = None

    def __init__(
        self, link: Sender, queue: Queue, hub: Hub, holder: Hashable, session: str | None = None
    ) -> None:
        self._link = link
        self._queue = queue
        self._hub = hub
        self._holder = holder
        self._session = session
        self._for_good = link.remote_snd_settle_mode == Link.SND_SETTLED
        hub.add(self)

    def offer(self, now: float) -> None:
        """Send what is ready; detach when the session's lock was lost meanwhile."""
        try:
            self._send_ready(now)
        except SessionLockLost as error:
            self._hub.discard(self)
            refuse(self._link, error)
        else:
            self._link.drained()  # Gives unused credit back if the client asked for that.

    def on_delivery(self, delivery: Delivery) -> None:
        """Settle as the client says, and confirm: its own outcome again, or rejected and why."""
        outcome = delivery.remote_state
        if outcome not in _OUTCOMES:
            return
        try:
            self._settle(delivery)
        except BrokerError as error:
            delivery.local.condition = condition(error)
            outcome = Delivery.REJECTED
        delivery.update(outcome)
        delivery.settle()

    def closed(self) -> None:
        """Stop offering, and release the session if it is still held."""
        self._hub.discard(self)
        if self._session is not None:
            with suppress(SessionLockLost):  # If it expired before, nothing is left to release.
                self._queue.release_session(self._session, self._holder, self._hub.clock())

    def _send_ready(self, now: float) -> None:
        if self._session is not None:
            self._queue.sessions_at(now).check(self._session, self._holder)
        while self._link.credit > 0:
            lock = self._queue.receive(now, session=self._session, holder=self._holder)
            if lock is None:
                return
            self._send(lock, now)

    def _send(self, lock: Lock, now: float) -> None:
        delivery = self._link.delivery(lock.token)
        self._link.stream(wire.delivered(lock.message, lock.until))
        self._link.advance()
        if self._for_good:
            self._queue.complete(lock.token, now)
            delivery.settle()

    def _settle(self, delivery: Delivery) -> None:
        token, now = delivery.tag, self._hub.clock()
        remote = delivery.remote
        if remote.type == Delivery.ACCEPTED:
            self._queue.complete(token, now)
        elif remote.type == Delivery.REJECTED:
            self._queue.dead_letter(token, now, *_reason(remote.condition))
        elif remote.type == Delivery.MODIFIED and remote.undeliverable:
            self._queue.defer(token, now)
        elif remote.type == Delivery.MODIFIED and remote.failed:
            self._queue.abandon(token, now)
        else:
            self._queue.release(token, now)


def _reason(given: Condition | None) -> tuple[str, str]:
    info = given.info if given is not None else None
    told = info if isinstance(info, dict) else {}
    return (
        str(told.get("DeadLetterReason") or ""),
        str(told.get("DeadLetterErrorDescription") or ""),
    )
