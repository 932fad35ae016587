"""One layout for what a model was trained on and for what it was asked: that of the inference log.

Values are compared as the model takes them: 0.1 in 32 bits is another number than 0.1 in 64, and
where many rows hold it, that alone would look like drift. Labels are categories, numbers too.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from scoring.columns import Column, sound_rows
from scoring.predict import predict
from scoring.server.batches import PREDICTION, single
from scoring.server.settings import RESERVED
from scoring.sessions import Model

_AT_ONCE = 64 * 1024 * 1024  # Bytes of rows in memory; as many again while they are profiled.


def answered(model: Model, columns: Sequence[Column]) -> Any:
    """A table of the rows that a model takes, as it takes them, with its answers; None for none.

    Rows that hold no finite number somewhere are left out: the endpoint refuses them as well.
    """
    import pyarrow as pa

    signature = model.signature
    matrix = sound_rows(columns, signature)
    if not len(matrix):
        return None
    names = [signature.field(position) for position in range(signature.width)]
    values = {
        name: matrix[:, position]
        for position, name in enumerate(names)
        if name != PREDICTION and not name.startswith(RESERVED)
    }
    return comparable(pa.table({**values, PREDICTION: single(predict(model, matrix))}))


def comparable(table: Any) -> Any:
    """A table whose labels are text, so that they count as categories."""
    from pyarrow import string, types

    place = table.column_names.index(PREDICTION) if PREDICTION in table.column_names else None
    if place is None or types.is_floating(table.column(place).type):
        return table
    return table.set_column(place, PREDICTION, table.column(place).cast(string()))


def gathered(tables: Iterable[Any]) -> Iterator[BytesIO]:
    """The rows of many tables as Parquet files in memory, few and of bounded size.

    A column that a table lacks is missing in its rows.
    """
    kept, size = [], 0
    for table in tables:
        kept.append(table)
        size += table.nbytes
        if size > _AT_ONCE:
            yield _file(kept)
            kept, size = [], 0
    if kept:
        yield _file(kept)


def _file(tables: Sequence[Any]) -> BytesIO:
    from pyarrow import concat_tables
    from pyarrow.parquet import write_table

    file = BytesIO()
    write_table(concat_tables(tables, promote_options="default"), file, compression="none")
    return file
