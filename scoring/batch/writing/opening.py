"""Opens what writes a format into a file."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO, Protocol

import pyarrow as pa

from scoring.batch.writing.formats import OutputFormat
from scoring.batch.writing.parquet import ParquetWriter
from scoring.batch.writing.text import DelimitedWriter, JsonLinesWriter


class Writer(Protocol):
    """Takes tables of one schema, one after the other."""

    def write(self, table: pa.Table) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is left; the file is whole now, and stays open."""


_PACKINGS = {"gz": "gzip", "zst": "zstd"}
_Open = Callable[[BinaryIO, pa.Schema], Writer]
_WRITERS: dict[str, _Open] = {
    "parquet": ParquetWriter,
    "csv": DelimitedWriter,
    "jsonl": JsonLinesWriter,
}


@contextmanager
def writer(file: BinaryIO, form: OutputFormat, schema: pa.Schema) -> Iterator[Writer]:
    """A writer into a file that is open; the file is whole at the end, and stays open."""
    shape, _, packing = form.partition(".")
    if not packing:
        with closing(_WRITERS[shape](file, schema)) as open_writer:
            yield open_writer
        return
    place = pa.PythonFile(_KeptOpen(file), mode="w")
    with (
        pa.CompressedOutputStream(place, _PACKINGS[packing]) as packed,
        closing(_WRITERS[shape](packed, schema)) as open_writer,
    ):
        yield open_writer


class _KeptOpen:
    """A file that stays open when Arrow closes it: it belongs to the caller."""

    def __init__(self, file: BinaryIO) -> None:
        self.write, self.flush, self.tell = file.write, file.flush, file.tell
        self.closed = False

    def close(self) -> None:
        """It is closed by whoever opened it."""
        self.closed = True
