"""Events that were given up, kept in a blob container with why.

Source: learn.microsoft.com, "Event Grid message delivery and retry", and its sample dead letters.
Event Grid waits five minutes before it writes; the emulator writes at once.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from local.eventgrid.schemas import delivered
from local.eventgrid.settings import EVENT_GRID, Schema, Subscription
from local.eventgrid.store import Delivery


class DeadLetters:
    """Writes given-up events to the containers that subscriptions name."""

    def __init__(self, connection: str) -> None:
        self._service = BlobServiceClient.from_connection_string(
            connection, retry_total=1, connection_timeout=5, read_timeout=20
        )

    def write(
        self,
        subscription: Subscription,
        kept: Schema,
        delivery: Delivery,
        *,
        reason: str,
        outcome: str,
        tried: datetime,
    ) -> None:
        """Write one event. Raises AzureError when the storage account does not take it."""
        destination = subscription.properties.dead_letter_destination
        if destination is None:
            return
        schema = subscription.properties.event_delivery_schema
        letter = {
            **delivered(delivery.event, kept, schema),
            **_epitaph(schema, delivery, reason=reason, outcome=outcome, tried=tried),
        }
        container = self._service.get_container_client(destination.properties.blob_container_name)
        name = f"{subscription.name.upper()}/{tried:%Y/%m/%d/%H}/{uuid.uuid4()}.json"
        body = msgspec.json.encode([letter])
        try:
            container.upload_blob(name, body)
        except ResourceNotFoundError:
            container.create_container()
            container.upload_blob(name, body)


def _epitaph(
    schema: Schema, delivery: Delivery, *, reason: str, outcome: str, tried: datetime
) -> dict[str, Any]:
    fields = {
        "deadLetterReason": reason,
        "deliveryAttempts": delivery.attempts + 1,
        "lastDeliveryOutcome": outcome,
        "publishTime": _text(datetime.fromtimestamp(delivery.published, UTC)),
        "lastDeliveryAttemptTime": _text(tried),
    }
    if schema == EVENT_GRID:
        return fields
    return {name.lower(): value for name, value in fields.items()}


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
