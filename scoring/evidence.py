"""What a training run leaves to be judged by: its test rows, and the digests of all its rows.

`test.parquet` has the features and the column `label`; `rows.parquet` has, for every row that the
run used, its `digest` and the `split` ("train" or "test") that it fell into.
"""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import BadEvidence

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
    """A Parquet file by columns. A whole number that is missing becomes NaN, as is customary."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_table

    try:
        table = read_table(path, memory_map=False)
    except (OSError, ArrowException) as problem:
        reason = str(problem).splitlines()[0][:200]
        raise BadEvidence(f"{path.name} cannot be read: {reason}") from problem
    return {
        name: np.asarray(table.column(name).to_numpy(zero_copy_only=False))
        for name in table.column_names
    }
