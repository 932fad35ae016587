"""Messages for the sample app, sent with Microsoft's client through senders that stay open."""

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSender


class Post:
    """Sends to the two queues."""

    def __init__(self, client: ServiceBusClient, senders: dict[str, ServiceBusSender]) -> None:
        self.client = client
        self._senders = senders

    def send(self, queue: str, session: str | None = None, **order: Any) -> str:
        """The id of a message that tells the function what to do."""
        name = str(uuid.uuid4())
        body = json.dumps(order)
        self.send_message(queue, ServiceBusMessage(body, message_id=name, session_id=session))
        return name

    def send_message(self, queue: str, message: Any) -> None:
        """Send a message as it is."""
        self._senders[queue].send_messages(message)


@contextmanager
def posting(client: ServiceBusClient) -> Iterator[Post]:
    """What sends, until the end."""
    with client, ExitStack() as stack:
        queues = ("work", "lanes")
        yield Post(client, {q: stack.enter_context(client.get_queue_sender(q)) for q in queues})
