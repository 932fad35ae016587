"""Requests and responses as messages, the way of AMQP management and claims-based security."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proton import int32

from local.servicebus.amqp.sections import Code, build, find, split
from local.servicebus.errors import BrokerError, Malformed

_MESSAGE_ID, _CORRELATION_ID = 0, 5  # Places in the list of properties.


@dataclass(frozen=True, slots=True)
class Request:
    """A decoded request; `message_id` is what its response must correlate to."""

    message_id: Any
    properties: dict[str, Any]
    body: Any


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the status and the error are called: the two specifications differ."""

    status: str
    description: str
    condition: str


MANAGEMENT = Vocabulary("statusCode", "statusDescription", "errorCondition")
CBS = Vocabulary("status-code", "status-description", "error-condition")

# Answers a request with a status and a body, or raises a BrokerError.
Handler = Callable[[Request], tuple[int, Any]]


def answer(payload: bytes, handler: Handler, words: Vocabulary) -> bytes:
    """The encoded response to an encoded request, be it good or bad. Raises Malformed."""
    request = _read(payload)
    try:
        status, body = handler(request)
    except BrokerError as error:
        properties = {
            words.status: int32(error.status),
            words.description: str(error),
            words.condition: error.condition,
        }
        return _write(request, properties, None)
    return _write(request, {words.status: int32(status), words.description: "OK"}, body)


def _read(payload: bytes) -> Request:
    sections = split(payload)
    properties = find(sections, Code.PROPERTIES)
    application_properties = find(sections, Code.APPLICATION_PROPERTIES)
    if not properties or not isinstance(application_properties, dict):
        raise Malformed("a request needs a message id and application properties")
    return Request(properties[_MESSAGE_ID], application_properties, find(sections, Code.VALUE))


def _write(request: Request, properties: dict[str, Any], body: Any) -> bytes:
    heading: list[Any] = [None] * (_CORRELATION_ID + 1)
    heading[_CORRELATION_ID] = request.message_id
    sections = (
        build(Code.PROPERTIES, heading),
        build(Code.APPLICATION_PROPERTIES, properties),
        build(Code.VALUE, body),
    )
    return b"".join(section.encoded for section in sections)
