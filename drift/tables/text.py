"""What the two text formats have in common: a stream of bytes, packed or not, and batches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa

from drift.kinds import Kind
from drift.tables.sources import Source, explained, named, opened
from tabular.formats import Packing

_BLOCK = 1 << 20


Pieces = Sequence[pa.Array]
"""The values of one column in one batch, which need not be of one type, nor in order."""


class Batch(NamedTuple):
    """Some rows of a table; a column that is not in it is missing in all of them.

    `done` is the share of the file that was read so far.
    """

    rows: int
    columns: Mapping[str, Pieces]
    done: float


class TextTable(Protocol):
    """A table whose columns can only be read together, a batch of rows at a time."""

    file: "TextFile"
    stands_for: frozenset[Kind]
    """What text in such a file may stand for, for want of a type of its own."""

    def batches(self) -> Iterator[Batch]:
        """All rows, from the first. Raises UnreadableError."""


class TextFile:
    """The bytes of a text file, unpacked on the way."""

    def __init__(self, source: Source, packing: Packing | None) -> None:
        self.name = named(source)
        self._source, self._packing = source, packing
        self._raw: pa.NativeFile | None = None

    def opened(self) -> pa.NativeFile:
        """The text from its start. Raises UnreadableError."""
        self._raw = opened(self._source)
        if self._packing is None:
            return self._raw
        return pa.CompressedInputStream(self._raw, self._packing)

    def done(self) -> float:
        """The share of the bytes that was read since the file was opened last."""
        if self._raw is None or self._raw.closed:
            return 1.0
        return float(self._raw.tell() / max(1, self._raw.size()))

    def has_more_lines(self, limit: int) -> bool:
        """Whether the text has more than `limit` lines; a row takes one of them at least."""
        lines = 0
        with explained(self.name, "text"), self.opened() as stream:
            while lines <= limit and (block := stream.read(_BLOCK)):
                lines += block.count(b"\n")
        return lines > limit
