"""Whoever turns rows into predictions by the million: files are cut, and each piece is scored."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from decisions.actions import Version
from decisions.policies import Shape, Wanted
from decisions.ports.blobs import BlobVersion

__all__ = ["Partitions", "Piece", "Scored", "Shape", "Wanted"]


class Piece(Struct, frozen=True, kw_only=True):
    """What one partition reads of a file: row groups of Parquet, bytes of text, both up to `stop`.

    `rows` is how many there are, where the file says so beforehand.
    """

    start: int
    stop: int
    rows: int | None = None


class Scored(Struct, frozen=True, kw_only=True):
    """What became of a piece's rows: each is in `output` or in `rejects`, and none in both.

    Rejects are JSON lines that say which row it was, counted from 1 within the piece, and why.
    """

    rows: int
    scored: int
    rejected: int
    output: bytes
    rejects: bytes


class Partitions(Protocol):
    """The engine that scores files. All raise Missing when the blob is no longer that version."""

    def cut(
        self, blob: BlobVersion, version: Version, wanted: Wanted, most: int
    ) -> Sequence[Piece]:
        """The pieces of a file, of about `most` bytes each; all of them are the whole file.

        Raises Unfit when none of the file can be scored: it is broken, or lacks a column.
        """

    def score(self, blob: BlobVersion, piece: Piece, version: Version, wanted: Wanted) -> Scored:
        """Score a piece; the same piece always gives the same bytes. Raises Unfit as `cut`."""

    def numbered(self, rejects: bytes, file: str, before: int) -> bytes:
        """Rejects of a piece with the file's name, and numbered in it: `before` rows precede."""
