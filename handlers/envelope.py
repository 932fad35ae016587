"""One envelope for what arrives in two: CloudEvents 1.0 and the Event Grid schema, single or many.

Sources: CloudEvents 1.0 JSON format and HTTP binding; Event Grid event schema. Both carry the same
`data`; only the names around it differ.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from decisions.codec import encode
from decisions.errors import Rejected

_CLOUD = {"id": "id", "source": "source", "type": "type", "subject": "subject"}
_GRID = {"id": "id", "source": "topic", "type": "eventType", "subject": "subject"}


class Envelope(Struct, frozen=True, kw_only=True):
    """Who says what about which subject; `data` is the payload as it came."""

    id: str
    source: str
    type: str
    subject: str
    data: dict[str, Any]


def parse(body: bytes) -> list[Envelope]:
    """The events of a body: an object or an array, in either schema. Raises Rejected."""
    document = _json(body, "the event")
    documents = document if isinstance(document, list) else [document]
    return [_envelope(one) for one in documents]


def render(envelope: Envelope) -> str:
    """The event as structured CloudEvents JSON: what `parse` reads again."""
    names = {theirs: getattr(envelope, ours) for ours, theirs in _CLOUD.items()}
    return encode({"specversion": "1.0", **names, "data": envelope.data}).decode()


def from_http(headers: Mapping[str, str], body: bytes) -> list[Envelope]:
    """The events of a CloudEvents request: structured, batched, or binary (`ce-` headers)."""
    lowered = {name.lower(): value for name, value in headers.items()}
    if "ce-specversion" not in lowered:
        return parse(body)
    attributes = {
        name.removeprefix("ce-"): unquote(value)
        for name, value in lowered.items()
        if name.startswith("ce-")
    }
    data = _json(body, "the event's data") if body else {}
    return [_envelope({**attributes, "data": data})]


def _json(body: bytes, what: str) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"{what} is not JSON: {error}", "malformed") from error


def _envelope(document: Any) -> Envelope:
    if not isinstance(document, dict):
        raise Rejected(f"an event has to be an object, not {type(document).__name__}", "malformed")
    names = _CLOUD if "specversion" in document else _GRID
    if names is _CLOUD and document["specversion"] != "1.0":
        raise Rejected(f"specversion {str(document['specversion'])[:20]!r} is not 1.0", "malformed")
    values = {ours: _text(document, theirs) for ours, theirs in names.items()}
    data = document.get("data")
    if not isinstance(data, dict):
        raise Rejected(f"data has to be an object, not {type(data).__name__}", "malformed")
    return Envelope(**values, data=data)


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name, "" if name == "subject" else None)
    if not isinstance(value, str) or (not value and name != "subject"):
        raise Rejected(f"{name} has to be a text that is not empty", "malformed")
    return value
