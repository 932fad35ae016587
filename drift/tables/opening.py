"""Opens a table by what its bytes are, whatever its name claims."""

from drift.tables.delimited import DelimitedTable
from drift.tables.jsonlines import JsonLinesTable
from drift.tables.parquet import ParquetTable
from drift.tables.sources import Source, beginning, explained, named
from drift.tables.text import TextFile, TextTable
from tabular.formats import BEGINNING, packing_of, shape_of

Table = ParquetTable | TextTable


def open_table(source: Source) -> Table:
    """The table in a file. Raises UnreadableError."""
    name, head = named(source), beginning(source, BEGINNING)
    packing = packing_of(head)
    file = TextFile(source, packing)
    if packing is not None:
        with explained(name, f"{packing} data"), file.opened() as stream:
            head = stream.read(BEGINNING)
    with explained(name, "a table"):
        shape = shape_of(name, head)
    if shape == "parquet":
        return ParquetTable(source)
    return JsonLinesTable(file) if shape == "jsonl" else DelimitedTable(file, head)
