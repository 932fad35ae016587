"""The queues `lanes`, `work` and `parked`, as Ratchet sends to them.

The id of a message is the digest of what it says, so that the queue drops a second send. A
message for later carries its time as an annotation instead of being scheduled by a call of its
own: then duplicate detection sees it as it sees every other. (Microsoft Learn, "Duplicate
detection" and "Message sequencing and timestamps".)
"""

from datetime import datetime
from uuid import uuid4

from azure.servicebus import ServiceBusClient, ServiceBusMessage
from msgspec.structs import replace

from adapters.servicebus.senders import LANES, PARKED, WORK, Senders
from decisions.actions import AnyWork
from decisions.codec import encode
from decisions.events import AnyEvent
from decisions.names import message_id
from decisions.ports import Parked

_JSON = "application/json"
_LONGEST_BODY, _LONGEST_TRACE, _LONGEST_REASON = 150_000, 10_000, 2_000  # A message: 256 KB.


class ServiceBusMessages:
    """Port `Messages`."""

    def __init__(self, client: ServiceBusClient) -> None:
        self._senders = Senders(client)

    def lane(self, event: AnyEvent, at: datetime | None = None, retry: int = 0) -> None:
        """Send to the lane of the event's model."""
        kind = type(event).__name__
        message = ServiceBusMessage(
            encode(event),
            message_id=message_id(event.model, kind, event.cause, retry),
            session_id=event.model,
            subject=kind,
            content_type=_JSON,
            application_properties={"retry": retry},
            scheduled_enqueue_time_utc=at,
        )
        self._senders.send(LANES, message)

    def work(self, work: AnyWork, at: datetime | None = None, retry: int = 0) -> None:
        """Send a piece of work."""
        kind = type(work).__name__
        message = ServiceBusMessage(
            encode(work),
            message_id=message_id(work.model, kind, work.key, retry),
            subject=kind,
            content_type=_JSON,
            application_properties={"retry": retry},
            scheduled_enqueue_time_utc=at,
        )
        self._senders.send(WORK, message)

    def park(self, parked: Parked) -> None:
        """Set a message aside, under an id of its own: what fails twice is seen twice."""
        message = ServiceBusMessage(
            encode(fitting(parked)),
            message_id=uuid4().hex,
            subject=parked.source,
            content_type=_JSON,
            application_properties={
                "source": parked.source,
                "reason": parked.reason[:_LONGEST_REASON],
            },
        )
        self._senders.send(PARKED, message)

    def close(self) -> None:
        """Close the connections; a later send opens its own again."""
        self._senders.close()


def fitting(parked: Parked) -> Parked:
    """The same, cut so that a queue takes it; a body that was cut can be read but not sent again.

    Non-ASCII characters and control characters take up to six bytes each as JSON.
    """
    body = parked.body
    while len(encode(body)) > _LONGEST_BODY:
        body = body[: len(body) // 2]
    note = f" (of the body, {len(body)} of {len(parked.body)} characters are kept)"
    return replace(
        parked,
        body=body,
        reason=parked.reason[:_LONGEST_REASON] + (note if body != parked.body else ""),
        trace=parked.trace[-_LONGEST_TRACE:] if parked.trace else None,
    )
