"""Files in memory, opened for a model of a few columns."""

from collections.abc import Sequence
from typing import Any

from scoring.batch.answers import Answers
from scoring.batch.blocks import score_block
from scoring.files.blocks import Piece, Table
from scoring.files.opening import open_table
from scoring.files.sources import Source
from scoring.signature import Signature, Tensor
from tests.scoring.models import loaded, regressor

A_AND_B = loaded(regressor([1.0, 10.0], columns=["a", "b"]))
"""Answers a + 10 b."""


def source(content: bytes, name: str = "rows") -> Source:
    return Source(name, len(content), lambda span: content[span.start : span.stop])


def opened(content: bytes, name: str = "rows", keep: Sequence[str] | None = None) -> Table:
    return open_table(source(content, name), A_AND_B.signature, keep)


def signature(kind: str, *columns: str) -> Signature:
    return Signature(
        rows=Tensor(name="X", type=kind, shape=(None, len(columns))),
        answer=Tensor(name="Y", type="float32", shape=(None, 1)),
        columns=columns,
    )


def scored(
    table: Table, *pieces: Piece
) -> tuple[list[dict[str, Any]], list[tuple[int, str | None, str]]]:
    """The rows that come out of some pieces, and the rejects numbered from 0 over all of them."""
    answers = Answers(A_AND_B, probabilities=False)
    rows: list[dict[str, Any]] = []
    rejects: list[tuple[int, str | None, str]] = []
    before = 0
    for piece in pieces or (None,):
        for block in table.blocks(piece):
            done = score_block(block.load(), table.features, answers)
            rows += done.table.to_pylist()
            rejects += [(before + one.row, one.field, one.reason) for one in done.rejects]
            before += done.rows
    return rows, rejects
