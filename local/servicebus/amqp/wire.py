"""Messages between their wire form and the broker's: read on the way in, annotated on the way out.

Source of the names: learn.microsoft.com, "AMQP 1.0 in Azure Service Bus … protocol guide".
"""

from typing import Any, TypeVar

from proton import symbol, timestamp, ubyte, uint

from local.servicebus.amqp.sections import Code, Section, build, find, split
from local.servicebus.errors import Malformed
from local.servicebus.messages import Draft, Message

T = TypeVar("T")

_DUE = symbol("x-opt-scheduled-enqueue-time")
_BODY = (Code.DATA, Code.SEQUENCE, Code.VALUE)
_MESSAGE_ID, _GROUP_ID = 0, 10  # Places in the list of properties.
_HEADER = (False, ubyte(4), None, False)  # Durable, priority, time to live, first acquirer.


def drafts(payload: bytes) -> list[Draft]:
    """The message, or the messages of a batch, that one transfer carries. Raises Malformed.

    A batch is a message whose data sections each hold an encoded message. Service Bus tells it by
    the transfer's message format, which Proton does not show; so here a single message whose body
    happens to be an encoded AMQP message would be unpacked too.
    """
    sections = split(payload)
    body = [section for section in sections if section.code in _BODY]
    if body and all(_holds_message(section) for section in body):
        return [draft(section.value()) for section in body]
    return [_draft(sections)]


def draft(payload: bytes) -> Draft:
    """One encoded message. Raises Malformed."""
    return _draft(split(payload))


def delivered(message: Message, locked_until: float | None) -> bytes:
    """The message as a receiver gets it: counted, annotated, and else byte for byte as sent."""
    sections = split(message.payload)
    changed = [_header(sections, message), _annotations(sections, message, locked_until)]
    if message.dead_letter_reason is not None:
        changed.append(_obituary(sections, message))
    codes = {section.code for section in changed}
    kept = [section for section in sections if section.code not in codes]
    ordered = sorted([*kept, *changed], key=lambda section: section.code)
    return b"".join(section.encoded for section in ordered)


def milliseconds(seconds: float) -> timestamp:
    """A time as AMQP writes it."""
    return timestamp(int(seconds * 1000))


def _draft(sections: list[Section]) -> Draft:
    if not any(section.code in _BODY for section in sections):
        raise Malformed("the message has no body")
    properties = _typed(sections, Code.PROPERTIES, list)
    due = _typed(sections, Code.MESSAGE_ANNOTATIONS, dict).get(_DUE)
    if not isinstance(due, int | None):
        raise Malformed(f"the annotation {_DUE} is not a timestamp")
    _check_rewritable(sections)
    # What the sender annotates for the next hop alone ends here.
    lasting = [section for section in sections if section.code is not Code.DELIVERY_ANNOTATIONS]
    return Draft(
        payload=b"".join(section.encoded for section in lasting),
        message_id=_text(properties, _MESSAGE_ID),
        session_id=_text(properties, _GROUP_ID),
        due=None if due is None else due / 1000,
    )


def _check_rewritable(sections: list[Section]) -> None:
    """Refuse at the door what could not be written again on the way out."""
    build(Code.HEADER, _typed(sections, Code.HEADER, list))
    build(Code.MESSAGE_ANNOTATIONS, _typed(sections, Code.MESSAGE_ANNOTATIONS, dict))
    build(Code.APPLICATION_PROPERTIES, _typed(sections, Code.APPLICATION_PROPERTIES, dict))


def _holds_message(section: Section) -> bool:
    if section.code is not Code.DATA:
        return False
    try:
        return any(inner.code in _BODY for inner in split(section.value()))
    except Malformed:
        return False


def _header(sections: list[Section], message: Message) -> Section:
    sent = _typed(sections, Code.HEADER, list)[: len(_HEADER)]
    return build(Code.HEADER, [*sent, *_HEADER[len(sent) :], uint(message.delivery_count)])


def _annotations(sections: list[Section], message: Message, locked_until: float | None) -> Section:
    annotations = _typed(sections, Code.MESSAGE_ANNOTATIONS, dict)
    annotations[symbol("x-opt-sequence-number")] = message.sequence
    annotations[symbol("x-opt-enqueued-time")] = milliseconds(message.enqueued_at)
    annotations[symbol("x-opt-message-state")] = int(message.state)
    if locked_until is not None:
        annotations[symbol("x-opt-locked-until")] = milliseconds(locked_until)
    return build(Code.MESSAGE_ANNOTATIONS, annotations)


def _obituary(sections: list[Section], message: Message) -> Section:
    properties = _typed(sections, Code.APPLICATION_PROPERTIES, dict)
    properties["DeadLetterReason"] = message.dead_letter_reason
    properties["DeadLetterErrorDescription"] = message.dead_letter_description
    return build(Code.APPLICATION_PROPERTIES, properties)


def _typed(sections: list[Section], code: Code, kind: type[T]) -> T:
    value = find(sections, code)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise Malformed(f"the {code.name} section is no {kind.__name__}")
    return value


def _text(properties: list[Any], place: int) -> str | None:
    value = properties[place] if place < len(properties) else None
    return value.hex() if isinstance(value, bytes) else None if value is None else str(value)
