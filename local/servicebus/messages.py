"""A message as the broker keeps it: opaque bytes with the little that decides its fate."""

from dataclasses import dataclass
from enum import IntEnum


class MessageState(IntEnum):
    """Where a message stands; the numbers are those of the annotation `x-opt-message-state`."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a sender hands in: `payload` is the encoded message, `due` the time to enqueue it."""

    payload: bytes
    message_id: str | None = None
    session_id: str | None = None
    due: float | None = None


@dataclass(slots=True, kw_only=True)
class Message:
    """A stored message; `delivery_count` counts the deliveries that failed so far."""

    sequence: int
    payload: bytes
    enqueued_at: float
    message_id: str | None = None
    session_id: str | None = None
    due: float | None = None
    state: MessageState = MessageState.ACTIVE
    delivery_count: int = 0
    dead_letter_reason: str | None = None
    dead_letter_description: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """A message in somebody's hands; whoever shows the token may settle it.

    `until` is where the lock stood when it was taken: renewals move the end, not this record.

    The token is sixteen ASCII characters: AMQP wants sixteen bytes (clients read them as a GUID),
    and the Python binding of Proton takes delivery tags as text.
    """

    token: str
    message: Message
    until: float
    session: str | None
