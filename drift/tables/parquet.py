"""Parquet files, a column at a time: no more than a batch of one column is in memory."""

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
from pyarrow import parquet

from drift.errors import UnreadableError
from drift.kinds import Kind
from drift.tables.sources import Source, explained, named, opened

_ROWS = 1 << 17
_BUFFER = 1 << 20  # Of a column's bytes; without it a whole row group's are held.


class ParquetTable:
    """A table whose columns can be read one after the other, also from several threads."""

    stands_for: frozenset[Kind] = frozenset()  # Every column has its type.

    def __init__(self, source: Source) -> None:
        self.name = named(source)
        self._file = opened(source)
        with explained(self.name, "Parquet; it may be cut short"):
            file = parquet.ParquetFile(self._file)
            self._metadata, self.schema = file.metadata, file.schema_arrow
        self.rows: int = self._metadata.num_rows
        self.names: tuple[str, ...] = tuple(self.schema.names)
        self._check()

    def batches(self, column: str) -> Iterator[pa.Array]:
        """The values of one column, text as dictionaries. Raises UnreadableError."""
        kind = self.schema.field(column).type
        if not self.rows:
            yield pa.nulls(0, kind)  # Its type is known, though there is no batch of it.
        with explained(self.name, f"Parquet in its column `{column}`"):
            file = parquet.ParquetFile(
                self._file,
                metadata=self._metadata,
                read_dictionary=[column] if _is_text(kind) else None,
                buffer_size=_BUFFER,
                pre_buffer=False,
            )
            for batch in file.iter_batches(_ROWS, columns=[column], use_threads=False):
                values = batch.column(column)
                # Views into text are new to Arrow, and cannot do what text can.
                is_view = pa.types.is_string_view(values.type)
                yield values.cast(pa.string()) if is_view else values

    def _check(self) -> None:
        if not self.names:
            raise UnreadableError(self.name, "has no columns")
        name, times = Counter(self.names).most_common(1)[0]
        if times > 1:
            raise UnreadableError(self.name, f"has {times} columns of the name `{name}`")


def _is_text(kind: pa.DataType) -> bool:
    return kind in {pa.string(), pa.large_string()}
