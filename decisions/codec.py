"""Messages and rows as JSON: strict on the way in, canonical on the way out.

Every document carries its schema version; an older one is lifted by a pure upcaster before it is
read, a newer one is refused with a sentence. Encoding is deterministic, so digests are stable.
"""

from typing import Any, TypeVar

import msgspec

from decisions.actions import AnyWork
from decisions.errors import Rejected
from decisions.events import AnyEvent
from decisions.state import SCHEMA, ModelState

T = TypeVar("T")


class _Schema(msgspec.Struct, frozen=True):
    """All that is read of a document before its schema is known."""

    schema: int = 0


_encoder = msgspec.json.Encoder(order="deterministic")
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_schemas = msgspec.json.Decoder(_Schema)
_states = msgspec.json.Decoder(ModelState)
_works: msgspec.json.Decoder[AnyWork] = msgspec.json.Decoder(AnyWork)


def encode(document: Any) -> bytes:
    """Canonical JSON of an event, action, state or any of their parts."""
    return _encoder.encode(document)


def decode_event(body: bytes) -> AnyEvent:
    """An event from a lane message. Raises Rejected with what was wrong."""
    return _decode(_events, body, "lane message")


def decode_work(body: bytes) -> AnyWork:
    """A piece of work from its message. Raises Rejected with what was wrong."""
    return _decode(_works, body, "work message")


def decode_state(body: bytes) -> ModelState:
    """A model's state of this release or an earlier one. Raises Rejected for a later one."""
    schema = _decode(_schemas, body, "stored state").schema
    if schema > SCHEMA:
        raise Rejected(
            f"a stored state has schema {schema}, this release reads up to {SCHEMA}: "
            "deploy the newer release again",
            "newer_schema",
        )
    return _decode(_states, body, "stored state")


def _decode(decoder: "msgspec.json.Decoder[T]", body: bytes, what: str) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"a {what} cannot be read: {error}", "malformed") from error
