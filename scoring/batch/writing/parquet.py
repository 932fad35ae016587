"""Parquet: small blocks are gathered into row groups of a good size."""

from collections.abc import Sequence
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

_GROUP_ROWS, _GROUP_BYTES = 1 << 18, 1 << 24


class ParquetWriter:
    """Writes tables of one schema into a file that is open."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._writer = parquet.ParquetWriter(file, schema, use_dictionary=_repetitive(schema))
        self._schema = schema
        self._waiting: list[pa.Table] = []

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self._waiting.append(table)
        rows = sum(one.num_rows for one in self._waiting)
        if rows >= _GROUP_ROWS or sum(one.nbytes for one in self._waiting) >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left; the file is whole now, and stays open."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
        self._waiting = []


def _repetitive(schema: pa.Schema) -> Sequence[str]:
    """Columns that a dictionary makes smaller; of numbers that differ it only costs time."""
    return [one.name for one in schema if pa.types.is_string(one.type)]
