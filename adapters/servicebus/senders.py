"""Senders to the queues: opened on the first send, used by all threads, renewed after a failure."""

from threading import Lock

from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSender

from adapters.servicebus.errors import queue_errors

EVENTS, LANES, WORK, PARKED = QUEUES = ("events", "lanes", "work", "parked")

_ROLE = "Azure Service Bus Data Sender"
_WITHIN = 15.0  # Seconds; a connection that died silently must not hold a function for longer.


class Senders:
    """One sender a queue. Opening one costs a connection, so it is kept as long as it works."""

    def __init__(self, client: ServiceBusClient) -> None:
        self._client = client
        self._open: dict[str, ServiceBusSender] = {}
        self._locks = {queue: Lock() for queue in QUEUES}

    def send(self, queue: str, message: ServiceBusMessage) -> None:
        """Send one message, and return when the queue has it."""
        with self._locks[queue], queue_errors(f"send to the queue {queue}", _ROLE):
            sender = self._open.pop(queue, None) or self._client.get_queue_sender(queue)
            try:
                sender.send_messages(message, timeout=_WITHIN)
            except BaseException:
                sender.close()
                raise
            self._open[queue] = sender

    def close(self) -> None:
        """Close all connections; a later send opens its own again."""
        for queue, lock in self._locks.items():
            with lock:
                if sender := self._open.pop(queue, None):
                    sender.close()
