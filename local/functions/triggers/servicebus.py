"""Service Bus messages as trigger data, in the names and types of the real host.

Source: Azure/azure-sdk-for-net, `ServiceBusTriggerBindingStrategy.cs` (MIT). What that host never
sends (`LockedUntil`, `DeadLetterReason`, `EnqueuedSequenceNumber`, `State`, `TimeToLive`) is absent
here too, and None in Python.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.functions.meta import Datum
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType


def message_data(message: ServiceBusReceivedMessage) -> tuple[Datum, dict[str, Datum]]:
    """The body and the metadata of a message. Raises ValueError unless the body is binary."""
    if message.body_type is not AmqpMessageBodyType.DATA:
        raise ValueError(
            f"the body of message {message.message_id} is an AMQP {message.body_type.value}, not "
            "binary data; the trigger accepts binary bodies alone"
        )
    return Datum(b"".join(message.body), "bytes"), _metadata(message)


def manual_data(body: str) -> tuple[Datum, dict[str, Datum]]:
    """The data of a run by hand: a message of its own, delivered for the first time."""
    strings = _present({"MessageId": str(uuid.uuid4())})
    return Datum(body.encode(), "bytes"), {**strings, **_properties({}), **_counts(1, 0)}


def _metadata(message: ServiceBusReceivedMessage) -> dict[str, Datum]:
    enqueued, expires = _time(message.enqueued_time_utc), _time(message.expires_at_utc)
    strings = {
        "LockToken": str(message.lock_token),
        "MessageId": message.message_id,
        "SessionId": message.session_id,
        "CorrelationId": message.correlation_id,
        "ContentType": message.content_type,
        "Subject": message.subject,
        "Label": message.subject,
        "To": message.to,
        "ReplyTo": message.reply_to,
        "ReplyToSessionId": message.reply_to_session_id,
        "PartitionKey": message.partition_key,
        "DeadLetterSource": message.dead_letter_source,
        "EnqueuedTime": enqueued,
        "EnqueuedTimeUtc": enqueued,
        "ExpiresAt": expires,
        "ExpiresAtUtc": expires,
    }
    # AMQP counts the deliveries before this one, the host counts this one too.
    counts = _counts((message.delivery_count or 0) + 1, message.sequence_number or 0)
    return {**_present(strings), **_properties(message.application_properties or {}), **counts}


def _present(strings: Mapping[str, str | None]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in strings.items() if value is not None}


def _counts(delivery: int, sequence: int) -> dict[str, Datum]:
    return {"DeliveryCount": Datum(delivery, "int"), "SequenceNumber": Datum(sequence, "int")}


def _properties(properties: Mapping[Any, Any]) -> dict[str, Datum]:
    document = json.dumps(
        {_text(name): _text(value) for name, value in properties.items()}, default=str
    )
    return {name: Datum(document, "json") for name in ("ApplicationProperties", "UserProperties")}


def _text(value: Any) -> Any:
    """The client hands names and strings over as bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
