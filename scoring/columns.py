"""Columns become the matrices that a model takes; rows that do not fit are told apart.

This is the one way from a table to a model, for batches, the gate and the profiler alike. A matrix
is filled block by block: it stays in the processor's cache, and memory stays flat.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.errors import WrongRows
from scoring.predict import BLOCK
from scoring.rows import Matrix
from scoring.signature import Signature


class Column(NamedTuple):
    """Numbers, and where whole ones are missing; others that are missing are NaN."""

    values: NDArray[Any]
    missing: NDArray[np.bool_] | None = None

    def part(self, rows: slice) -> "Column":
        """Some of its rows."""
        return Column(self.values[rows], None if self.missing is None else self.missing[rows])

    def may_not_fit(self, kind: np.dtype[Any]) -> bool:
        """Whether there may be a value that is no whole number of this kind."""
        return self.missing is not None or not np.can_cast(self.values.dtype, kind)

    def unfit(self, kind: np.dtype[Any]) -> NDArray[np.bool_]:
        """Where the values are no whole numbers of this kind."""
        least, most = np.iinfo(kind).min, np.iinfo(kind).max
        beyond: NDArray[np.bool_] = (self.values < least) | (self.values > most)
        return beyond if self.missing is None else beyond | self.missing

    def reason(self, row: int, kind: np.dtype[Any]) -> str:
        """Why its value does not fit."""
        value = self.values[row]
        if value != value or (self.missing is not None and self.missing[row]):
            return "the number is missing"
        if np.isinf(value):
            return "the number is infinite"
        return f"the number {value:.6g} does not fit {kind}"


class Fault(NamedTuple):
    """Why a row does not fit: the position of the first field that does not, and the reason."""

    row: int
    field: int
    reason: str


class Filled(NamedTuple):
    """Some rows that fit, as a matrix that is filled again for the next; and why others do not."""

    matrix: Matrix
    faults: Sequence[Fault] = ()


def filled(
    columns: Sequence[Column], signature: Signature, at_once: int = BLOCK
) -> Iterator[Filled]:
    """Matrices of `at_once` rows each, with the rows that fit, and what the others lack."""
    rows = len(columns[0].values)
    buffer = np.empty((min(rows, at_once), len(columns)), signature.rows.type)
    for start in range(0, rows, at_once):
        block = [column.part(slice(start, start + at_once)) for column in columns]
        matrix = buffer[: len(block[0].values)]
        with np.errstate(over="ignore", invalid="ignore"):  # What does not fit is found below.
            for position, column in enumerate(block):
                matrix[:, position] = column.values
        wrong = _wrong(matrix, block)
        if wrong is None:
            yield Filled(matrix)
        else:
            faults = list(_faults(wrong, block, start, matrix.dtype))
            yield Filled(matrix[~wrong.any(axis=1)], faults)


def sound_rows(columns: Sequence[Column], signature: Signature) -> Matrix:
    """The matrix of the rows that fit; all others are left out."""
    none = np.empty((0, len(columns)), signature.rows.type)
    return np.concatenate([none, *(part.matrix.copy() for part in filled(columns, signature))])


def matrix_of_columns(columns: Mapping[str, NDArray[Any]], signature: Signature) -> Matrix:
    """The matrix of a table held by columns, all rows of which have to fit. Raises WrongRows.

    The names decide which columns are used when the model names its own (others are left out);
    else all are used in their order.
    """
    names = signature.columns or tuple(columns)
    _check(names, columns, signature)
    matrices = []
    for part in filled([Column(columns[name]) for name in names], signature):
        for fault in part.faults:
            raise WrongRows(fault.reason, row=fault.row, field=names[fault.field])
        matrices.append(part.matrix.copy())
    return np.concatenate(matrices) if matrices else np.empty((0, len(names)), signature.rows.type)


def _check(names: Sequence[str], columns: Mapping[str, NDArray[Any]], signature: Signature) -> None:
    for name in names:
        if name not in columns:
            raise WrongRows("the column is missing", field=name)
        kind = columns[name].dtype
        if kind.kind not in "iufb":
            raise WrongRows(f"holds {kind}, not numbers", field=name)
        if not np.can_cast(kind, signature.rows.type, casting="same_kind"):
            raise WrongRows(f"holds {kind}; the model takes {signature.rows.type}", field=name)
    if len(names) != signature.width:
        raise WrongRows(f"there are {len(names)} columns; the model takes {signature.width}")


def _wrong(matrix: Matrix, block: Sequence[Column]) -> NDArray[np.bool_] | None:
    """Where a matrix holds what its column does not; None for nowhere."""
    if matrix.dtype.kind == "f":
        wrong = ~np.isfinite(matrix)
    elif any(column.may_not_fit(matrix.dtype) for column in block):
        wrong = np.column_stack([column.unfit(matrix.dtype) for column in block])
    else:
        return None
    return wrong if wrong.any() else None


def _faults(
    wrong: NDArray[np.bool_], block: Sequence[Column], start: int, kind: np.dtype[Any]
) -> Iterator[Fault]:
    """The first fault of each row that has any."""
    for row in np.flatnonzero(wrong.any(axis=1)).tolist():
        field = int(wrong[row].argmax())
        yield Fault(start + row, field, block[field].reason(row, kind))
