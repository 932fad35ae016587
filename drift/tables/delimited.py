"""CSV: every column is read as text, since what stands further down may be anything."""

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
from pyarrow import csv

from drift.errors import UnreadableError
from drift.kinds import Kind
from drift.tables.sources import explained
from drift.tables.text import Batch, TextFile
from tabular.formats import separator_of

_BLOCK = 1 << 20  # Bytes in a batch, of which Arrow holds dozens, and the longest row.


class DelimitedTable:
    """A table in CSV; the separator is the one that its first line has most of."""

    stands_for: frozenset[Kind] = frozenset({"numeric", "date", "boolean"})

    def __init__(self, file: TextFile, head: bytes) -> None:
        self.file = file
        self._layout = csv.ParseOptions(delimiter=separator_of(head), newlines_in_values=True)

    def batches(self) -> Iterator[Batch]:
        """All rows; an empty field, and one that says NA, NaN or null, is missing.

        Raises UnreadableError.
        """
        # The names are known only from a first look, and only names can be given a type.
        with explained(self.file.name, "CSV"), self._reader({}) as look:
            names = look.schema.names
        self._check(names)
        yield Batch(0, {name: [pa.nulls(0)] for name in names}, 0.0)  # Not every file has rows.
        text = dict.fromkeys(names, pa.string())
        with explained(self.file.name, "CSV"), self._reader(text) as reader:
            for batch in reader:
                columns = {name: [batch.column(at)] for at, name in enumerate(names)}
                yield Batch(batch.num_rows, columns, self.file.done())

    def _reader(self, types: dict[str, pa.DataType]) -> csv.CSVStreamingReader:
        return csv.open_csv(
            self.file.opened(),
            read_options=csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            parse_options=self._layout,
            convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=True),
        )

    def _check(self, names: list[str]) -> None:
        name, times = Counter(names).most_common(1)[0]
        if times > 1:
            raise UnreadableError(self.file.name, f"has {times} columns of the name `{name}`")
