"""Deliveries to Service Bus queues: no handshake, durable as soon as the broker has answered.

The broker's message id is Event Grid's internal id of the delivery, the same at every try, so that
duplicate detection catches a repeated one. Source: learn.microsoft.com, "Service Bus as an event
handler". A message holds one event, not an array as a webhook gets it.
"""

import contextlib
from collections.abc import Sequence

import msgspec
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender
from azure.servicebus.exceptions import MessageSizeExceededError, ServiceBusError

from local.eventgrid.destinations.headers import CONTENT_TYPES, attributes, notification
from local.eventgrid.retries import NEVER_RESOURCE
from local.eventgrid.schemas import delivered
from local.eventgrid.settings import Schema, ServiceBusQueue, Subscription
from local.eventgrid.store import Delivery

_OWN = {
    "SessionId": "session_id",
    "MessageId": "message_id",
    "PartitionKey": "partition_key",
    "CorrelationId": "correlation_id",
    "Label": "subject",
    "ReplyTo": "reply_to",
    "ReplyToSessionId": "reply_to_session_id",
    "To": "to",
}
SENT, TOO_LARGE, UNAVAILABLE = 200, 413, 503


class Queue:
    """Port `Destination` on a Service Bus queue."""

    never = NEVER_RESOURCE

    def __init__(
        self, subscription: Subscription, target: ServiceBusQueue, kept: Schema, connection: str
    ) -> None:
        self._subscription = subscription
        self._target = target
        self._kept = kept
        # One quick try: what happens then is Event Grid's own policy.
        self._client = ServiceBusClient.from_connection_string(
            connection, retry_total=0, socket_timeout=5
        )
        self._sender: ServiceBusSender | None = None

    async def open(self) -> None:
        """Nobody is asked."""

    async def deliver(self, deliveries: Sequence[Delivery]) -> list[int]:
        """Send all in one transfer; when they are too large together, one by one."""
        status = await self._send([self._message(delivery) for delivery in deliveries])
        if status == TOO_LARGE and len(deliveries) > 1:
            return [await self._send([self._message(delivery)]) for delivery in deliveries]
        return [status] * len(deliveries)

    async def close(self) -> None:
        """Close the connection."""
        await self._forget()
        await self._client.close()

    async def _send(self, messages: list[ServiceBusMessage]) -> int:
        """Send; once more when the connection was an old one, which the broker may have closed."""
        old = self._sender is not None
        status = await self._try(messages)
        return await self._try(messages) if old and status == UNAVAILABLE else status

    async def _try(self, messages: list[ServiceBusMessage]) -> int:
        try:
            if self._sender is None:
                self._sender = self._client.get_queue_sender(self._target.queue)
            await self._sender.send_messages(messages)
        except (MessageSizeExceededError, ValueError):
            return TOO_LARGE
        except (ServiceBusError, OSError):
            await self._forget()
            return UNAVAILABLE
        return SENT

    async def _forget(self) -> None:
        """A sender that failed is not used again: the broker may have been restarted."""
        sender, self._sender = self._sender, None
        if sender is not None:
            with contextlib.suppress(ServiceBusError, OSError):
                await sender.close()

    def _message(self, delivery: Delivery) -> ServiceBusMessage:
        schema = self._subscription.properties.event_delivery_schema
        event = delivered(delivery.event, self._kept, schema)
        chosen = attributes(self._target.properties.delivery_attribute_mappings, delivery.event)
        own = {_OWN[name]: value for name, value in chosen.items() if name in _OWN}
        other = {name: value for name, value in chosen.items() if name not in _OWN}
        headers = notification(self._subscription, delivery, event) | other
        message = ServiceBusMessage(
            msgspec.json.encode(event),
            content_type=CONTENT_TYPES[schema],
            application_properties=dict(headers.items()),
        )
        for name, value in {"message_id": delivery.message, **own}.items():
            setattr(message, name, value)
        return message
