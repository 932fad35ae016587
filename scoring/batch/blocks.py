"""A block of rows is scored: those that fit get an answer, the others are rejected."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scoring.batch.answers import Answers
from scoring.columns import Fault, filled
from scoring.errors import ScoringError
from scoring.files.blocks import Loaded, Reject, column_of


class ScoredBlock(NamedTuple):
    """What became of a block of `rows`: each is in `table` or in `rejects`, and none in both."""

    rows: int
    table: pa.Table
    rejects: list[Reject]


def score_block(loaded: Loaded, names: Sequence[str], answers: Answers) -> ScoredBlock:
    """Score the rows of a block, in their order; `names` are those of its features.

    Raises ModelFailed when the model breaks.
    """
    given, faults = _answered(loaded, answers)
    kept = loaded.kept.columns
    if faults:
        sound = np.ones(len(loaded.features[0]), bool)
        sound[[fault.row for fault in faults]] = False
        kept = [column.filter(pa.array(sound)) for column in kept]
    schema = pa.schema([*loaded.kept.schema, *answers.schema])
    table = pa.Table.from_arrays([*kept, *given], schema=schema)
    rejects = [*loaded.rejects, *_rejects(faults, loaded, names)]
    if table.num_rows + len(rejects) != loaded.rows:
        raise ScoringError(f"{loaded.rows} rows became {table.num_rows} and {len(rejects)} rejects")
    return ScoredBlock(loaded.rows, table, sorted(rejects, key=lambda one: one.row))


def _answered(loaded: Loaded, answers: Answers) -> tuple[list[pa.Array], list[Fault]]:
    """The answers to the rows that fit, by columns, and what is wrong with the others."""
    columns = [column_of(values, whole=answers.takes_whole) for values in loaded.features]
    parts: list[list[NDArray[Any]]] = []
    faults: list[Fault] = []
    for part in filled(columns, answers.signature, answers.at_once):
        faults += part.faults
        if len(part.matrix):
            parts.append(answers.of(part.matrix))
    return [
        pa.array(np.concatenate([part[at] for part in parts]) if parts else [], field.type)
        for at, field in enumerate(answers.schema)
    ], faults


def _rejects(faults: Sequence[Fault], loaded: Loaded, names: Sequence[str]) -> Iterator[Reject]:
    for fault in faults:
        place = fault.row if loaded.places is None else int(loaded.places[fault.row])
        field, reason = loaded.odd.get(fault.row, (names[fault.field], fault.reason))
        yield Reject(place, field, reason)
