"""Pieces of files are scored: what comes in goes out or is rejected."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

import pyarrow as pa
from msgspec import Struct

from scoring.batch import rejects
from scoring.batch.answers import Answers
from scoring.batch.blocks import ScoredBlock, score_block
from scoring.batch.workers import in_order
from scoring.batch.writing.formats import OutputFormat
from scoring.batch.writing.opening import Writer, writer
from scoring.batch.writing.text import fits_csv
from scoring.errors import BadFile, ScoringError
from scoring.files.blocks import Block, Piece, Table
from scoring.sessions import first_line

Progress = Callable[[float, int], None]
"""Is told the share of a piece that is done, and how many rows were in it."""


class Counts(Struct, frozen=True, kw_only=True):
    """How many rows came in, and what became of them."""

    rows: int
    scored: int
    rejected: int


class ScoredPiece(Struct, frozen=True, kw_only=True):
    """A piece that was scored: its output in the wanted format, its rejects as JSON lines."""

    counts: Counts
    output: bytes
    rejects: bytes


def score_piece(
    table: Table, piece: Piece, answers: Answers, form: OutputFormat, workers: int = 1
) -> ScoredPiece:
    """Score a piece in memory; the same piece gives the same bytes. Raises BadFile, ModelFailed."""
    output, rejected = BytesIO(), BytesIO()
    with writer(output, form, output_schema(table, answers, form)) as opened:
        counts = score_into(opened, rejected, table, answers, workers=workers, piece=piece)
    return ScoredPiece(counts=counts, output=output.getvalue(), rejects=rejected.getvalue())


def score_into(
    output: Writer,
    rejected: BinaryIO,
    table: Table,
    answers: Answers,
    *,
    workers: int,
    piece: Piece | None = None,
    file: str | None = None,
    progress: Progress = lambda _share, _rows: None,
) -> Counts:
    """Score a piece of a table, or all of it, block by block. Raises BadFile, ModelFailed.

    `file` is named in each reject.
    """
    rows = scored = 0

    def score(block: Block) -> tuple[ScoredBlock, float]:
        return score_block(block.load(), table.features, answers), block.done

    for block, done in in_order(score, table.blocks(piece), workers):
        with _placed(table.name):
            output.write(block.table)
        rejected.write(rejects.lines(block.rejects, rows, file))
        rows += block.rows
        scored += block.table.num_rows
        progress(done, rows)
    if piece is not None and piece.rows not in {None, rows}:
        raise ScoringError(f"the piece has {piece.rows} rows, of which {rows} were read")
    return Counts(rows=rows, scored=scored, rejected=rows - scored)


def output_schema(table: Table, answers: Answers, form: OutputFormat) -> pa.Schema:
    """The columns that are kept, then the answers.

    Raises BadFile when a name is both, or the format has no place for a column.
    """
    both = [name for name in table.kept.names if name in answers.schema.names]
    if both:
        cause = f"has a column `{both[0]}` itself: name the columns to keep, without it"
        raise BadFile(table.name, cause)
    odd = [one for one in table.kept if form.startswith("csv") and not fits_csv(one.type)]
    if odd:
        cause = (
            f"has {odd[0].type} in its column `{odd[0].name}`, for which CSV has no place: do not "
            "keep it, or write JSON lines or Parquet"
        )
        raise BadFile(table.name, cause)
    return pa.schema([*table.kept, *answers.schema])


@contextmanager
def _placed(file: str) -> Iterator[None]:
    """Say of which file the values are that the output cannot hold."""
    try:
        yield
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        cause = f"has a value that the output has no place for: {first_line(error)}"
        raise BadFile(file, cause) from error
