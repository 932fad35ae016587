"""Parquet files: pieces are row groups, and blocks are batches within them."""

from collections.abc import Iterator, Sequence
from functools import partial
from threading import Lock

import pyarrow as pa
from pyarrow import parquet

from scoring.errors import BadFile
from scoring.files.blocks import Block, Loaded, Piece
from scoring.files.layout import layout
from scoring.files.sources import Source, explained
from scoring.signature import Signature

_MOST_ROWS, _FEWEST_ROWS = 1 << 15, 1 << 10
_BYTES = 1 << 24  # Of a block, about.
_WHOLE = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_null)
_BROKEN = (pa.types.is_floating, pa.types.is_decimal)
_LITTLE = 1 << 25  # Bytes of row groups, of one or some together, that are read as a whole.
_BUFFER = 1 << 20  # Of a column's bytes in larger ones, which are read bit by bit.
_NUMBER = 8  # Bytes of a value once it is read; thousands that are alike take none in the file.


class ParquetTable:
    """A table in Parquet, whose columns have their types."""

    def __init__(self, source: Source, signature: Signature, keep: Sequence[str] | None) -> None:
        self._source = source
        self._reading = Lock()
        with explained(source.name, "Parquet; it may be cut short"):
            self._metadata = parquet.ParquetFile(source.spans()).metadata
            schema = self._metadata.schema.to_arrow_schema()
        self._layout = layout(source.name, schema.names, signature, keep)
        for name in self._layout.features:
            _check_numbers(source.name, schema.field(name), signature)
        self.name, self.features = source.name, self._layout.features
        groups = range(self._metadata.num_row_groups)
        # Nothing of their columns is asked: pyarrow aborts where a hostile footer has nonsense.
        self._sizes = [self._metadata.row_group(number).total_byte_size for number in groups]
        self.kept = pa.schema([schema.field(name) for name in self._layout.kept])

    def cut(self, most: int) -> list[Piece]:
        """Row groups, as many as fit; one that is larger is a piece of its own."""
        together = self._together(range(self._metadata.num_row_groups), most)
        return [Piece(start=one.start, stop=one.stop, rows=self._rows(one)) for one in together]

    def blocks(self, piece: Piece | None = None) -> Iterator[Block]:
        """The rows of a piece, or of the whole file. Raises BadFile."""
        groups = range(piece.start, piece.stop) if piece else range(self._metadata.num_row_groups)
        total, done = self._rows(groups), 0
        for some in self._together(groups, _LITTLE):
            if self._memory(some) <= _LITTLE:
                done += self._rows(some)
                yield Block(partial(self._read, some), done / max(1, total))
                continue
            for batch in self._batches(some):
                done += batch.num_rows
                yield Block(partial(self._loaded, batch), done / max(1, total))

    def _read(self, groups: range) -> Loaded:
        """Row groups that are read as a whole, by whoever scores them.

        One after the other: all cores unpack the columns of one, and two take twice the memory.
        """
        with (
            self._reading,
            explained(self.name, "Parquet"),
            self._opened(pre_buffer=True) as file,
        ):
            table = file.read_row_groups(groups, self._layout.names)
            columns = [column.combine_chunks() for column in table.columns]
        return self._loaded(pa.RecordBatch.from_arrays(columns, schema=table.schema))

    def _batches(self, groups: range) -> Iterator[pa.RecordBatch]:
        """The rows of row groups that are read bit by bit, and by one thread."""
        with explained(self.name, "Parquet"), self._opened(pre_buffer=False) as file:
            yield from file.iter_batches(self._at_once(), groups, self._layout.names)

    def _opened(self, *, pre_buffer: bool) -> parquet.ParquetFile:
        return parquet.ParquetFile(
            self._source.spans(),
            metadata=self._metadata,
            buffer_size=_BUFFER,
            pre_buffer=pre_buffer,
        )

    def _together(self, groups: range, most: int) -> Iterator[range]:
        """Row groups one after the other, as many as have at most so many bytes."""
        start, size = groups.start, 0
        for number in groups:
            size += self._sizes[number]
            if number > start and size > most:
                yield range(start, number)
                start, size = number, self._sizes[number]
        if groups:
            yield range(start, groups.stop)

    def _memory(self, groups: range) -> int:
        """Bytes that some row groups take when all is read, about."""
        numbers = _NUMBER * len(self._layout.names) * self._rows(groups)
        size: int = sum(self._sizes[groups.start : groups.stop])
        return max(numbers, size)

    def _rows(self, groups: range) -> int:
        return sum(self._metadata.row_group(number).num_rows for number in groups)

    def _at_once(self) -> int:
        """Rows of a block: fewer of a wide table, so that memory does not grow with its width."""
        groups = map(self._metadata.row_group, range(self._metadata.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
        fit: int = _BYTES * self._metadata.num_rows // max(size, 1)
        return max(_FEWEST_ROWS, min(_MOST_ROWS, fit))

    def _loaded(self, batch: pa.RecordBatch) -> Loaded:
        features = [_plain(batch.column(name)) for name in self._layout.features]
        return Loaded(batch.num_rows, features, batch.select(self._layout.kept))


def _plain(values: pa.Array) -> pa.Array:
    """Numbers as NumPy has them."""
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        kind = pa.uint8()
    elif pa.types.is_decimal(kind):
        kind = pa.float64()
    return values if kind == values.type else values.cast(kind)


def _check_numbers(file: str, field: pa.Field, signature: Signature) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    allowed = _WHOLE if signature.rows.type.startswith("int") else (*_WHOLE, *_BROKEN)
    if any(is_of(kind) for is_of in allowed):
        return
    raise BadFile(
        file,
        f"holds {field.type} in its column `{field.name}`; the model takes {signature.rows.type}",
    )
