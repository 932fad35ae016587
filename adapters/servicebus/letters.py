"""Messages that were given up, as people see them: parked ones and real dead letters.

`parked` holds what Ratchet set aside with its reason. The dead-letter queue of each queue holds
what Service Bus set aside, for instance after the last delivery; that of `parked` itself holds
what was looked at too often without being sent again.
"""

from datetime import UTC, datetime

import msgspec
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType
from msgspec import Struct

from adapters.servicebus.senders import PARKED, QUEUES
from decisions.ports import Parked


class Place(Struct, frozen=True, kw_only=True):
    """Where given-up messages are: the queue `parked`, or the dead-letter queue of a queue."""

    queue: str
    dead: bool

    @property
    def name(self) -> str:
        """What its messages' ids begin with."""
        return f"{self.queue}.dead" if self.dead else self.queue


PLACES = (
    Place(queue=PARKED, dead=False),
    *(Place(queue=queue, dead=True) for queue in QUEUES),
)


class Letter(Struct, frozen=True, kw_only=True):
    """A message that was given up; `id` names it for a redrive, `source` says where it failed."""

    id: str
    source: str
    reason: str
    at: datetime
    body: str
    model: str | None = None
    trace: str | None = None


def letter(place: Place, message: ServiceBusReceivedMessage) -> Letter:
    """A message of a place, for people."""
    parked = original(place, message)
    return Letter(
        id=identifier(place, message),
        source=parked.source,
        reason=parked.reason,
        at=message.enqueued_time_utc or datetime.fromtimestamp(0, UTC),
        body=parked.body,
        model=parked.model,
        trace=parked.trace,
    )


def identifier(place: Place, message: ServiceBusReceivedMessage) -> str:
    """The place and the number in it: never given twice."""
    return f"{place.name}/{message.sequence_number}"


def original(place: Place, message: ServiceBusReceivedMessage) -> Parked:
    """What was given up; a dead letter is read as if it had been parked."""
    body = _bytes(message)
    if place.queue == PARKED:
        return _parked(body)
    described = (message.dead_letter_reason, message.dead_letter_error_description)
    retry = (message.application_properties or {}).get(b"retry")
    return Parked(
        source=place.queue,
        reason=": ".join(part for part in described if part) or "no reason was given",
        body=body.decode(errors="replace"),
        model=message.session_id,
        retry=retry if isinstance(retry, int) else 0,
    )


def _parked(body: bytes) -> Parked:
    try:
        return msgspec.json.decode(body, type=Parked)
    except msgspec.DecodeError as error:
        reason = f"it was not parked by Ratchet: {error}"
        return Parked(source=PARKED, reason=reason, body=body.decode(errors="replace"))


def _bytes(message: ServiceBusReceivedMessage) -> bytes:
    """The body; other senders may send text as an AMQP value instead of data."""
    if message.body_type is AmqpMessageBodyType.DATA:
        return b"".join(message.body)
    return str(message).encode()
