"""Links on which clients send: into a queue, or requests to a node that answers."""

from collections.abc import Callable

from proton import Delivery, Receiver

from local.servicebus.amqp import wire
from local.servicebus.amqp.hub import Hub
from local.servicebus.amqp.links import MAX_MESSAGE_BYTES, condition
from local.servicebus.errors import BrokerError, TooLarge
from local.servicebus.queue import Queue

CREDIT = 500


class Inlet:
    """Hands every complete message to `take`; it is accepted when that returns."""

    def __init__(self, link: Receiver, take: Callable[[bytes], None]) -> None:
        self._link = link
        self._take = take
        self._too_large = False
        link.flow(CREDIT)

    def on_delivery(self, delivery: Delivery) -> None:
        """Read the message when all of it is there, settle it and renew the credit."""
        if delivery.aborted:
            self._finish(delivery)
        elif delivery.partial and delivery.pending > MAX_MESSAGE_BYTES:
            self._link.recv(delivery.pending)  # Not kept: the rest is read only to refuse it all.
            self._too_large = True
        elif delivery.readable and not delivery.partial:
            payload = self._link.recv(delivery.pending) or b""
            delivery.update(self._outcome(delivery, bytes(payload)))
            self._finish(delivery)

    def closed(self) -> None:
        """Nothing of a sender outlives its link."""

    def _outcome(self, delivery: Delivery, payload: bytes) -> int:
        try:
            if self._too_large or len(payload) > MAX_MESSAGE_BYTES:
                raise TooLarge(f"a message may take {MAX_MESSAGE_BYTES} bytes here")
            self._take(payload)
        except BrokerError as error:
            delivery.local.condition = condition(error)
            return Delivery.REJECTED
        return Delivery.ACCEPTED

    def _finish(self, delivery: Delivery) -> None:
        self._too_large = False
        delivery.settle()
        if self._link.credit < CREDIT // 2:
            self._link.flow(CREDIT - self._link.credit)


def into_queue(queue: Queue, hub: Hub) -> Callable[[bytes], None]:
    """A `take` that sends each message, or batch, into the queue."""

    def take(payload: bytes) -> None:
        queue.send(wire.drafts(payload), hub.clock())

    return take
