"""What a row of the digits is: its columns, its identity, and the side of the split it is on."""

import hashlib

import numpy as np
import pyarrow as pa

PIXELS = [f"pixel_{place}" for place in range(64)]
COLUMNS = [*PIXELS, "label"]

# One row in five is for testing.
TEST_SHARE = 5


def features(table: pa.Table) -> np.ndarray:
    """The pixels of every row as a float32 array of shape (rows, 64)."""
    columns = [table.column(name).to_numpy() for name in PIXELS]
    return np.column_stack(columns).astype("<f4")


def labels(table: pa.Table) -> np.ndarray:
    """The digit of every row as an int64 array of shape (rows,)."""
    return table.column("label").to_numpy().astype("<i8")


def digests(pixels: np.ndarray) -> list[str]:
    """The identity of every row: SHA-256 in hex over its pixels as little-endian float32.

    The label has no part in it, so a row that comes again with another label is the same row and
    stays on its side of the split.
    """
    return [hashlib.sha256(row.tobytes()).hexdigest() for row in pixels]


def is_test(digest: str) -> bool:
    """Whether a row belongs to the test set: decided by the row alone, for ever.

    A random split would put yesterday's training rows into tomorrow's test set, and the model that
    has seen them would win.
    """
    return int(digest[:8], 16) % TEST_SHARE == 0
