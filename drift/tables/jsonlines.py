"""JSON lines: each block of lines gets its own types, since later ones may hold anything."""

import io
from collections.abc import Iterator

import msgspec
import pyarrow as pa
from pyarrow import json

from drift.errors import UnreadableError
from drift.kinds import Kind
from drift.tables.sources import explained
from drift.tables.text import Batch, Pieces, TextFile
from tabular.formats import BYTE_ORDER_MARK

_BLOCK = 1 << 21
_LONGEST = 1 << 26


class JsonLinesTable:
    """A table of one JSON object a line; a key that an object lacks is missing there."""

    stands_for: frozenset[Kind] = frozenset({"date"})  # JSON has no dates but text.

    def __init__(self, file: TextFile) -> None:
        self.file = file

    def batches(self) -> Iterator[Batch]:
        """All rows. Raises UnreadableError."""
        start = 1
        for block in self._blocks():
            rows, columns = self._parsed(block, start)
            start += block.count(b"\n")
            yield Batch(rows, columns, self.file.done())

    def _blocks(self) -> Iterator[bytes]:
        """Whole lines, as many as fit; blank ones at the end are left out."""
        rest = b""
        with explained(self.file.name, "JSON lines"), self.file.opened() as stream:
            while block := stream.read(_BLOCK):
                lines, newline, tail = (rest + block).rpartition(b"\n")
                rest = tail
                if lines.strip():
                    yield (lines + newline).removeprefix(BYTE_ORDER_MARK)
                elif len(rest) > _LONGEST:
                    raise UnreadableError(self.file.name, "has a line of more than 64 MiB")
        if rest.strip():
            yield rest.removeprefix(BYTE_ORDER_MARK)

    def _parsed(self, block: bytes, start: int) -> tuple[int, dict[str, Pieces]]:
        try:
            block.decode()
        except UnicodeDecodeError as error:
            raise UnreadableError(self.file.name, "is not UTF-8") from error
        try:
            table = _typed(block)
        except pa.ArrowInvalid:  # A column that changes its type within the block, most often.
            rows = list(self._objects(block, start))
            return len(rows), _by_type(rows)
        columns = zip(table.column_names, table.columns, strict=True)
        return table.num_rows, {name: column.chunks for name, column in columns}

    def _objects(self, block: bytes, start: int) -> Iterator[dict[str, object]]:
        for number, line in enumerate(block.split(b"\n"), start):
            if not line.strip():
                continue
            try:
                yield msgspec.json.decode(line, type=dict[str, object])
            except msgspec.DecodeError as error:
                cause = f"is not JSON lines: line {number:,} is no JSON object, or is cut short"
                raise UnreadableError(self.file.name, cause) from error


def _typed(block: bytes) -> pa.Table:
    """A block as Arrow types it, except that text stays text where it looks like a time."""
    if not block.lstrip().startswith(b"{"):
        raise pa.ArrowInvalid("no object")  # Where `null` comes first, Arrow dies of it.
    whole = json.ReadOptions(block_size=len(block) + 1)
    table = json.read_json(io.BytesIO(block), whole)
    if not any(pa.types.is_timestamp(field.type) for field in table.schema):
        return table
    fields = [
        field.with_type(pa.string()) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    options = json.ParseOptions(explicit_schema=pa.schema(fields))
    return json.read_json(io.BytesIO(block), whole, options)


def _by_type(rows: list[dict[str, object]]) -> dict[str, Pieces]:
    """The values of each key, of whatever type, sorted out into one array a type."""
    found: dict[str, dict[str, list[object]]] = {}
    for row in rows:
        for name, value in row.items():
            found.setdefault(name, {}).setdefault(_type_of(value), []).append(value)
    return {name: _pieces(types, len(rows)) for name, types in found.items()}


def _pieces(types: dict[str, list[object]], rows: int) -> Pieces:
    absent = rows - sum(map(len, types.values()))
    arrays = [pa.nulls(absent)] if absent else []
    for kind, values in types.items():
        arrays.append(_array(kind, values))
    return arrays


def _array(kind: str, values: list[object]) -> pa.Array:
    if kind == "nested":  # What they hold is of no interest: a list of nothing stands for each.
        return pa.array([[]] * len(values))
    return pa.array(values, pa.float64() if kind == "number" else None)


def _type_of(value: object) -> str:
    if isinstance(value, bool | str | None):
        return type(value).__name__
    return "number" if isinstance(value, int | float) else "nested"
