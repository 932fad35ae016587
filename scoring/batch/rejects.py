"""Rejected rows as JSON lines, for people: which row, in which field, and why.

    {"row": 17, "field": "income", "reason": "the number is missing"}

Rows count from 1, as people do; the header of a CSV file is no row, nor is an empty line.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from scoring.files.blocks import Reject


class _Line(Struct, omit_defaults=True):
    file: str | None = None
    row: int = 0
    field: str | None = None
    reason: str = ""


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Line)


def lines(rejects: Iterable[Reject], before: int, file: str | None = None) -> bytes:
    """The lines of rejects, of which `before` rows precede; `file` is named where it is given."""
    return _ENCODER.encode_lines(
        [_Line(file, before + one.row + 1, one.field, one.reason) for one in rejects]
    )


def numbered(content: bytes, file: str, before: int) -> bytes:
    """The lines of a piece with the name of its file, in which `before` rows precede the piece."""
    found: list[_Line] = _DECODER.decode_lines(content)
    for line in found:
        line.file, line.row = file, line.row + before
    return _ENCODER.encode_lines(found)
