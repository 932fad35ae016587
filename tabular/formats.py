"""Which format a file has: its content says it first, then its name."""

import re
from pathlib import PurePath
from typing import Literal

from tabular.causes import NotReadableError

Shape = Literal["parquet", "csv", "jsonl"]
Packing = Literal["gzip", "zstd", "bz2", "lz4"]

BEGINNING = 4096
"""How many bytes are looked at."""

_PACKINGS: dict[bytes, Packing] = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bz2",
    b"\x04\x22\x4d\x18": "lz4",
}
_FOREIGN = {
    b"ARROW1": "an Arrow file",
    b"PK\x03\x04": "a ZIP archive or a workbook",
    b"\xfd7zXZ": "packed with xz",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"%PDF": "a PDF",
    b"\x89HDF": "an HDF5 file",
}
_READ = "Parquet, CSV and JSON lines in UTF-8 can be read, the latter two also packed"
_LINES = {".jsonl", ".ndjson", ".json", ".jl"}
_CUT = "is no Parquet file, or cut short: it does not begin with PAR1"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_QUOTED = re.compile(rb'"[^"]*"')
SEPARATORS = b",;\t|"
"""What stands between the fields of a CSV file."""


def separator_of(head: bytes) -> str:
    """The separator of a CSV file: the one that its first line has most of, outside quotes."""
    first = _QUOTED.sub(b"", head).partition(b"\n")[0]
    return chr(max(SEPARATORS, key=first.count))


def packing_of(head: bytes) -> Packing | None:
    """What the beginning of a file says about how the rest is packed."""
    return next((kind for magic, kind in _PACKINGS.items() if head.startswith(magic)), None)


def shape_of(name: str, head: bytes) -> Shape:
    """What a file, unpacked, holds by its beginning and its name. Raises NotReadableError."""
    if not head:
        raise NotReadableError("is empty")
    if head.startswith(b"PAR1"):
        return "parquet"
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    if ".parquet" in suffixes:
        raise NotReadableError(_CUT)
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise NotReadableError(f"is {what}; {_READ}")
    if b"\0" in head:
        raise NotReadableError(f"holds bytes that are no text; {_READ}")
    return _text_shape(suffixes, head.removeprefix(BYTE_ORDER_MARK).lstrip())


def _text_shape(suffixes: list[str], text: bytes) -> Shape:
    if text.startswith(b"{"):
        return "jsonl"
    if _LINES.intersection(suffixes):
        raise NotReadableError("is not JSON lines: each line has to hold one object {…}")
    if not text:
        raise NotReadableError("holds nothing but blank lines")
    return "csv"
