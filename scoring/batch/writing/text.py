"""CSV and JSON lines."""

from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

_NOT_IN_CSV = (
    pa.types.is_nested,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
    pa.types.is_string_view,
)


def fits_csv(kind: pa.DataType) -> bool:
    """Whether CSV has a place for values of a type: it is text, of one value a field."""
    if pa.types.is_dictionary(kind):
        return fits_csv(kind.value_type)
    odd = isinstance(kind, pa.BaseExtensionType)
    return not odd and not any(is_of(kind) for is_of in _NOT_IN_CSV)


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
        self._encode = msgspec.json.Encoder(enc_hook=str).encode_lines

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        columns = [_values(column) for column in table.columns]
        names = self._names
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        self._file.write(self._encode(rows))

    def close(self) -> None:
        """The file is whole, and stays open."""


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Values as JSON has them. The shortest text of a number in 32 bits is a longer one in 64.

    Python has no times of nanoseconds, nor beyond the year 9999: Arrow says them.
    """
    if pa.types.is_float32(column.type):
        column = column.cast(pa.string()).cast(pa.float64())
    elif pa.types.is_timestamp(column.type):
        zone = "UTC" if column.type.tz else None
        text = column.cast(pa.timestamp(column.type.unit, zone)).cast(pa.string())
        column = pc.replace_substring_regex(text, r"^(\S+-\S+) ", r"\1T")
    elif pa.types.is_date(column.type) or pa.types.is_time(column.type):
        column = column.cast(pa.string())
    values: list[Any] = column.to_pylist()
    return values
