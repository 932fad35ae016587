"""What a training run leaves to be judged by: its test rows, and the digests of all its rows.

`test.parquet` has the features and the column `label`; `rows.parquet` has, for every row that the
run used, its `digest` and the `split` ("train" or "test") that it fell into.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import BadEvidence

if TYPE_CHECKING:
    from pyarrow import Table

LABEL = "label"


class TestRows(Struct, frozen=True):
    """The rows that both models are scored on, column by column, and the digests of them."""

    __test__ = False  # The name is right, and pytest must not collect it.

    features: dict[str, NDArray[Any]]
    labels: NDArray[Any]
    digests: frozenset[str]


def read_test_rows(folder: Path) -> TestRows:
    """The test rows of a run's evidence. Raises BadEvidence."""
    table = _read(folder / "test.parquet")
    if LABEL not in table:
        raise BadEvidence(f"test.parquet has no column {LABEL!r}")
    labels = table.pop(LABEL)
    digests = _digests(folder, "test")
    if len(digests) > len(labels):
        raise BadEvidence(
            f"rows.parquet names {len(digests)} test rows, test.parquet holds {len(labels)}"
        )
    return TestRows(features=table, labels=labels, digests=digests)


def first_test_rows(content: bytes, count: int) -> dict[str, NDArray[Any]]:
    """The features of the first rows in the bytes of test.parquet. Raises BadEvidence.

    Whatever the file declares, no more than these rows are unpacked, in this thread.
    """
    from pyarrow import ArrowException, BufferReader, Table
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(BufferReader(content))
        batches = file.iter_batches(batch_size=count, use_threads=False)
        rows = _arrays(Table.from_batches([next(batches)]))
    except StopIteration:
        raise BadEvidence("test.parquet has no rows") from None
    except (OSError, ArrowException) as problem:
        raise _unreadable("test.parquet", problem) from problem
    rows.pop(LABEL, None)
    return rows


def read_training_digests(folder: Path) -> frozenset[str]:
    """The digests of the rows that a run was trained on. Raises BadEvidence."""
    return _digests(folder, "train")


def _digests(folder: Path, split: str) -> frozenset[str]:
    table = _read(folder / "rows.parquet")
    if not {"digest", "split"} <= set(table):
        raise BadEvidence("rows.parquet needs the columns 'digest' and 'split'")
    digests = frozenset(map(str, table["digest"][table["split"] == split]))
    if not digests:
        # Without digests an overlap could not be seen, and none would be reported.
        raise BadEvidence(f"rows.parquet names no {split} row")
    return digests


def _read(path: Path) -> dict[str, NDArray[Any]]:
    """A Parquet file by columns. Raises BadEvidence."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_table

    try:
        return _arrays(read_table(path, memory_map=False))
    except (OSError, ArrowException) as problem:
        raise _unreadable(path.name, problem) from problem


def _arrays(table: "Table") -> dict[str, NDArray[Any]]:
    """Columns by name. A whole number that is missing becomes NaN, as is customary."""
    return {
        name: np.asarray(column.to_numpy(zero_copy_only=False))
        for name, column in zip(table.column_names, table.columns, strict=True)
    }


def _unreadable(name: str, problem: Exception) -> BadEvidence:
    reason = (str(problem).splitlines() or [type(problem).__name__])[0][:200]
    return BadEvidence(f"{name} cannot be read: {reason}")
