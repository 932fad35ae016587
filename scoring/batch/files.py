"""Several files of this machine, of whatever formats, are scored into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from scoring.batch.answers import Answers
from scoring.batch.run import Counts, Progress, output_schema, score_into
from scoring.batch.schemas import Cast, common
from scoring.batch.writing.formats import OutputFormat
from scoring.batch.writing.opening import Writer, writer
from scoring.files.opening import open_table
from scoring.files.sources import local_file


@dataclass(frozen=True, kw_only=True)
class FileScoring:
    """How files are scored: by what, into which format, with which columns handed through.

    A `keep` of None hands through those that the model does not take.
    """

    answers: Answers
    form: OutputFormat
    workers: int
    keep: Sequence[str] | None = None

    def score(
        self, inputs: Sequence[Path], output: BinaryIO, rejected: BinaryIO, progress: Progress
    ) -> list[Counts]:
        """Score files, one after the other; gives the counts of each. Raises BadFile, ModelFailed.

        All are opened before the first is scored, so that one that does not fit costs no work.
        """
        schema = common([(str(path), self._schema(path)) for path in inputs])
        told = _Told([path.stat().st_size for path in inputs], progress)
        with writer(output, self.form, schema) as opened:
            return [self._score(path, Cast(opened, schema), rejected, told) for path in inputs]

    def _schema(self, path: Path) -> pa.Schema:
        with local_file(path) as source:
            table = open_table(source, self.answers.signature, self.keep)
            return output_schema(table, self.answers, self.form)

    def _score(self, path: Path, output: Writer, rejected: BinaryIO, told: "_Told") -> Counts:
        with local_file(path) as source:
            counts = score_into(
                output,
                rejected,
                open_table(source, self.answers.signature, self.keep),
                self.answers,
                workers=self.workers,
                file=str(path),
                progress=told.progress,
            )
        told.end(counts)
        return counts


class _Told:
    """Makes the progress of all files of what is told of one after the other."""

    def __init__(self, sizes: Sequence[int], progress: Progress) -> None:
        self._sizes, self._all = list(sizes), max(1, sum(sizes))
        self._tell = progress
        self._bytes = self._rows = 0

    def progress(self, share: float, rows: int) -> None:
        """So much of the present file is done."""
        self._tell((self._bytes + share * self._sizes[0]) / self._all, self._rows + rows)

    def end(self, counts: Counts) -> None:
        """The present file is done."""
        self._bytes += self._sizes.pop(0)
        self._rows += counts.rows
