"""Pieces of blobs become predictions: blobs by their spans, models and rows by `scoring`."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from adapters.partitions.models import LoadedModels
from decisions.actions import Version
from decisions.errors import Rejected, Unfit
from decisions.policies import Wanted
from decisions.ports import Blobs, BlobVersion, Piece, Scored

if TYPE_CHECKING:
    from scoring.batch.answers import Answers
    from scoring.files.blocks import Table
    from scoring.files.sources import Source

_CORES = os.cpu_count() or 1


class ScoringPartitions:
    """Port `Partitions`: at most as many pieces at a time as the machine has cores.

    What more pieces took in memory would make none of them end sooner.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._models = LoadedModels(blobs)
        self._free = BoundedSemaphore(_CORES)

    def cut(
        self, blob: BlobVersion, version: Version, wanted: Wanted, most: int
    ) -> Sequence[Piece]:
        """The pieces of a file. A CSV file is read to its end for it, others here and there."""
        with _explained():
            table, _ = self._opened(blob, version, wanted)
            return [Piece(start=one.start, stop=one.stop, rows=one.rows) for one in table.cut(most)]

    def score(self, blob: BlobVersion, piece: Piece, version: Version, wanted: Wanted) -> Scored:
        """Score a piece; a machine of the same kind gives the same bytes for it."""
        from scoring.batch.run import score_piece
        from scoring.files import blocks

        its = blocks.Piece(start=piece.start, stop=piece.stop, rows=piece.rows)
        with self._free, _explained():
            table, answers = self._opened(blob, version, wanted)
            done = score_piece(table, its, answers, wanted.shape)
        return Scored(
            rows=done.counts.rows,
            scored=done.counts.scored,
            rejected=done.counts.rejected,
            output=done.output,
            rejects=done.rejects,
        )

    def numbered(self, rejects: bytes, file: str, before: int) -> bytes:
        """Rejects with the file's name, and numbered in it."""
        from scoring.batch.rejects import numbered

        return numbered(rejects, file, before)

    def _opened(
        self, blob: BlobVersion, version: Version, wanted: Wanted
    ) -> "tuple[Table, Answers]":
        """The file, and the model that its rows are given to, which suit each other."""
        from scoring.batch.answers import Answers
        from scoring.batch.run import output_schema
        from scoring.files.opening import open_table

        model = self._models.of(version)
        answers = Answers(model, probabilities=wanted.probabilities)
        table = open_table(self._source(blob), model.signature, wanted.keep)
        output_schema(table, answers, wanted.shape)
        return table, answers

    def _source(self, blob: BlobVersion) -> "Source":
        from scoring.files.sources import Source

        def read(span: range) -> bytes:
            return self._blobs.read(blob.container, blob.path, etag=blob.etag, span=span)

        return Source(f"{blob.container}/{blob.path}", blob.size, read)


@contextmanager
def _explained() -> Iterator[None]:
    """Raise what `scoring` says of files as Unfit, and of models as Rejected."""
    from scoring.errors import BadFile, ScoringError

    try:
        yield
    except BadFile as error:
        raise Unfit(str(error)) from error
    except ScoringError as error:
        raise Rejected(f"the model cannot score: {error}", "model") from error
