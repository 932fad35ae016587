"""The rows that the stack's models are trained on."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Rows = dict[str, list[Any]]
ROWS: Rows = {"x": [0.0, 2.0, 3.0], "y": [1.0, 1.0, 1.0], "label": [1, 0, 0]}
USUAL = [number / 300 for number in range(300)]
UNUSUAL = [number + 5 for number in USUAL]


def parquet(rows: Rows = ROWS) -> bytes:
    """Rows as a file."""
    file = io.BytesIO()
    pq.write_table(pa.table(rows), file)
    return file.getvalue()
