"""CSV and JSON lines."""

from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
from pyarrow import csv

_NESTED = "CSV has no place for it; leave it out, or write JSON lines or Parquet"


class DelimitedWriter:
    """Writes CSV with commas into a file that is open; what is missing is empty."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._writer = csv.CSVWriter(file, schema)

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self._writer.write_table(table)

    def close(self) -> None:
        """The file is whole now, and stays open."""
        self._writer.close()


class JsonLinesWriter:
    """Writes one JSON object a line into a file that is open; what is missing is null."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._file, self._names = file, schema.names
        self._encode = msgspec.json.Encoder().encode_lines

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        columns = [_values(column) for column in table.columns]
        names = self._names
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        self._file.write(self._encode(rows))

    def close(self) -> None:
        """The file is whole, and stays open."""


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Values as JSON has them. The shortest text of a number in 32 bits is a longer one in 64."""
    if pa.types.is_float32(column.type):
        column = column.cast(pa.string()).cast(pa.float64())
    values: list[Any] = column.to_pylist()
    return values
