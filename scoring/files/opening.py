"""Opens a table by what its bytes are, whatever its name claims."""

from collections.abc import Sequence

from scoring.files.blocks import Table
from scoring.files.delimited import DelimitedTable
from scoring.files.jsonlines import JsonLinesTable
from scoring.files.parquet import ParquetTable
from scoring.files.sources import Source, explained
from scoring.files.text import unpacked
from scoring.signature import Signature
from tabular.formats import BEGINNING, packing_of, shape_of


def open_table(source: Source, signature: Signature, keep: Sequence[str] | None = None) -> Table:
    """The table in a file, for a model of this signature.

    `keep` are the columns to hand through; None for those that the model does not take. Raises
    BadFile.
    """
    head = source.read(range(min(BEGINNING, source.size)))
    packing = packing_of(head)
    with explained(source.name, f"{packing} data"):
        if packing is not None:
            head = unpacked(source.spans(), packing)(BEGINNING)
        shape = shape_of(source.name, head)
    if shape == "parquet":
        return ParquetTable(source, signature, keep)
    if shape == "jsonl":
        return JsonLinesTable(source, packing, signature, keep)
    return DelimitedTable(source, packing, head, signature, keep)
