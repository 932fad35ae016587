"""What a file is read in: blocks of rows, which are parsed by whoever scores them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from scoring.columns import Column


class Piece(Struct, frozen=True, kw_only=True):
    """Part of a file, up to `stop`: row groups of Parquet, bytes of text.

    `rows` is how many it has, where the file says so beforehand.
    """

    start: int
    stop: int
    rows: int | None = None


class Reject(Struct, frozen=True):
    """A row that cannot be scored: which one (0 is the first), in which field, and why."""

    row: int
    field: str | None
    reason: str


class Loaded(NamedTuple):
    """A block that was parsed: `rows` in all, of which `rejects` could not be read.

    `features` are the columns that the model takes, in its order, `kept` those that are handed
    through; `places` says which of the block's rows they hold, None for all. Where a feature is
    missing since something odd stands in its place, `odd` has the field and the reason.
    """

    rows: int
    features: Sequence[pa.Array]
    kept: pa.RecordBatch
    rejects: Sequence[Reject] = ()
    places: NDArray[Any] | None = None
    odd: Mapping[int, tuple[str, str]] = {}


class Block(NamedTuple):
    """Rows that are parsed, and perhaps read, by whoever loads them, which raises BadFile.

    `done` is the share of the file up to here.
    """

    load: Callable[[], Loaded]
    done: float


class Table(Protocol):
    """A file that was opened: its columns fit the model."""

    name: str
    features: tuple[str, ...]
    """The columns that the model takes, in its order."""

    kept: pa.Schema
    """The columns that are handed through."""

    def cut(self, most: int) -> list[Piece]:
        """Pieces of about `most` bytes each; all of them are the whole file."""

    def blocks(self, piece: Piece | None = None) -> Iterator[Block]:
        """The rows of a piece, or of the whole file. Raises BadFile."""


def remaining(rows: int, rejects: Sequence[Reject]) -> NDArray[Any] | None:
    """Which of so many rows were not rejected; None for all of them."""
    return np.delete(np.arange(rows), [one.row for one in rejects]) if rejects else None


def column_of(values: pa.Array, *, whole: bool) -> Column:
    """Numbers as a matrix is filled with them; a `whole` one is never broken by what is missing."""
    if whole and values.null_count:
        return Column(values.fill_null(0).to_numpy(), np.asarray(values.is_null()))
    return Column(values.to_numpy(zero_copy_only=False))
