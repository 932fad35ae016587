"""An encoded AMQP message taken apart into its sections and put together again.

The bare message (properties to body) is immutable to an intermediary, so sections travel as the
bytes they came in; only what must be read is decoded. Source: AMQP 1.0, parts 1.2 (encodings) and
3.2 (message format).
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from proton import Array, Data, Described, ProtonException, ulong

from local.servicebus.errors import Malformed

_SMALL_ULONG, _ULONG = 0x53, 0x80
_FIXED_WIDTHS = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}
_SIZE_WIDTHS = {0xA: 1, 0xB: 4, 0xC: 1, 0xD: 4, 0xE: 1, 0xF: 4}


class Code(IntEnum):
    """The descriptors of the sections, in the order in which they follow each other."""

    HEADER = 0x70
    DELIVERY_ANNOTATIONS = 0x71
    MESSAGE_ANNOTATIONS = 0x72
    PROPERTIES = 0x73
    APPLICATION_PROPERTIES = 0x74
    DATA = 0x75
    SEQUENCE = 0x76
    VALUE = 0x77
    FOOTER = 0x78


class Section(NamedTuple):
    """One section as it stands in a message, descriptor included."""

    code: Code
    encoded: bytes

    def value(self) -> Any:
        """What is inside, in Proton's typed Python values. Raises Malformed."""
        data = Data()
        try:
            data.decode(self.encoded)
            data.rewind()
            data.next()
            described = data.get_object()
        except (ProtonException, ValueError, RecursionError) as error:
            raise Malformed(f"the {self.code.name} section cannot be decoded: {error}") from error
        if not isinstance(described, Described):
            raise Malformed(f"the {self.code.name} section holds nothing")
        return _owned(described.value)


def split(payload: bytes) -> list[Section]:
    """The sections of an encoded message, in order. Raises Malformed."""
    return list(_sections(payload))


def build(code: Code, value: Any) -> Section:
    """A section with that content. Raises Malformed for a value that AMQP has no type for."""
    data = Data()
    try:
        data.put_object(Described(ulong(code), value))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Malformed(f"the {code.name} section cannot be encoded: {error!r}") from error
    return Section(code, bytes(data.encode()))


def find(sections: list[Section], code: Code) -> Any:
    """The content of the first section of that kind, or None."""
    return next((section.value() for section in sections if section.code is code), None)


def _sections(payload: bytes) -> Iterator[Section]:
    start = 0
    try:
        while start < len(payload):
            code, content = _descriptor(payload, start)
            end = content + _width(payload, content)
            if end > len(payload):
                raise Malformed(f"the {code.name} section ends after the message")
            yield Section(code, payload[start:end])
            start = end
    except (IndexError, KeyError, ValueError) as error:
        raise Malformed(f"byte {start} of the message does not begin a section") from error


def _descriptor(payload: bytes, start: int) -> tuple[Code, int]:
    if payload[start] == 0 and payload[start + 1] == _SMALL_ULONG:
        return Code(payload[start + 2]), start + 3
    if payload[start] == 0 and payload[start + 1] == _ULONG:
        return Code(int.from_bytes(payload[start + 2 : start + 10], "big")), start + 10
    raise ValueError(payload[start])


def _width(payload: bytes, at: int) -> int:
    """How many bytes the value takes whose constructor is at that place, constructor included."""
    family = payload[at] >> 4
    if family in _FIXED_WIDTHS:
        return 1 + _FIXED_WIDTHS[family]
    size = _SIZE_WIDTHS[family]
    return 1 + size + int.from_bytes(payload[at + 1 : at + 1 + size], "big")


def _owned(value: Any) -> Any:
    """The value with Proton's views of its own memory copied, since they die with the Data."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return {_owned(key): _owned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_owned(item) for item in value]
    if isinstance(value, Array):
        return Array(value.descriptor, value.type, *map(_owned, value.elements))
    if isinstance(value, Described):
        return Described(_owned(value.descriptor), _owned(value.value))
    return value
