"""Rows are checked against a model's signature and become the matrix that it takes.

Every fault names its row and its field, so that whoever sent the rows can mend them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import WrongRows
from scoring.signature import Signature

Matrix = NDArray[Any]

NUMBERS = frozenset({int, float})
WHOLE_NUMBERS = frozenset({int})


class Rows(Struct, frozen=True):
    """Rows as they came out of a payload: values row by row, and their columns' names if named."""

    values: Sequence[Any]
    columns: Sequence[str] | None = None


def to_matrix(rows: Rows, signature: Signature) -> Matrix:
    """The matrix of rows from a payload. Raises WrongRows on the first fault.

    Named columns are put in the model's order when it names its own; a missing, unknown or
    repeated name is refused, since a guess would score the wrong quantity.
    """
    if not rows.values:
        raise WrongRows("there are no rows")
    order = _order(rows.columns, signature)
    allowed = WHOLE_NUMBERS if _is_whole(signature) else NUMBERS
    for number, row in enumerate(rows.values):
        if not isinstance(row, list) or len(row) != signature.width:
            raise WrongRows(_wrong_length(row, signature.width), row=number)
        if not allowed.issuperset(map(type, row)):
            raise _wrong_value(row, number, rows.columns, signature, allowed)
    matrix = _converted(rows.values, signature)
    return _finite(matrix if order is None else matrix[:, order], signature)


def matrix_of_columns(columns: Mapping[str, NDArray[Any]], signature: Signature) -> Matrix:
    """The matrix of a table held by columns, such as a Parquet file. Raises WrongRows.

    The names decide which columns are used when the model names its own (others are left out);
    else all are used in their order.
    """
    names = signature.columns or tuple(columns)
    for name in names:
        if name not in columns:
            raise WrongRows("the column is missing", field=name)
        if columns[name].dtype.kind not in "iufb":
            raise WrongRows(f"holds {columns[name].dtype}, not numbers", field=name)
    if len(names) != signature.width:
        raise WrongRows(f"there are {len(names)} columns; the model takes {signature.width}")
    stacked = np.column_stack([columns[name] for name in names])
    if not np.can_cast(stacked.dtype, signature.rows.type, casting="same_kind"):
        raise WrongRows(f"the table holds {stacked.dtype}; the model takes {signature.rows.type}")
    with np.errstate(over="ignore"):  # What does not fit becomes infinite, and is refused below.
        return _finite(stacked.astype(signature.rows.type), signature)


def _order(columns: Sequence[str] | None, signature: Signature) -> list[int] | None:
    if columns is None or signature.columns is None:
        return None
    positions = {name: position for position, name in enumerate(columns)}
    if len(positions) != len(columns):
        raise WrongRows("a column's name is repeated")
    for name in signature.columns:
        if name not in positions:
            raise WrongRows("the column is missing", field=name)
    for name in columns:
        if name not in signature.columns:
            raise WrongRows("the model has no such column", field=str(name))
    return [positions[name] for name in signature.columns]


def _converted(values: Sequence[Sequence[float]], signature: Signature) -> Matrix:
    try:
        with np.errstate(over="ignore"):  # What does not fit becomes infinite, and is refused.
            return np.array(values, dtype=signature.rows.type)
    except OverflowError:
        limits = np.iinfo(signature.rows.type) if _is_whole(signature) else None
        raise WrongRows(
            f"a number does not fit {signature.rows.type}"
            + (f" ({limits.min} to {limits.max})" if limits else "")
        ) from None


def _finite(matrix: Matrix, signature: Signature) -> Matrix:
    if matrix.dtype.kind != "f" or np.isfinite(matrix).all():
        return matrix
    row, position = (int(place) for place in np.argwhere(~np.isfinite(matrix))[0])
    found = "missing" if np.isnan(matrix[row, position]) else f"no finite {matrix.dtype}"
    raise WrongRows(f"the number is {found}", row=row, field=signature.field(position))


def _wrong_length(row: object, width: int) -> str:
    if isinstance(row, list):
        return f"has {len(row)} values; the model takes {width}"
    return f"expected a list of {width} values, found {_said(row)}"


def _wrong_value(
    row: list[Any],
    number: int,
    columns: Sequence[str] | None,
    signature: Signature,
    allowed: frozenset[type],
) -> WrongRows:
    position = next(place for place, value in enumerate(row) if type(value) not in allowed)
    wanted = "a whole number" if allowed is WHOLE_NUMBERS else "a number"
    field = str(columns[position]) if columns is not None else signature.field(position)
    return WrongRows(f"expected {wanted}, found {_said(row[position])}", row=number, field=field)


def _is_whole(signature: Signature) -> bool:
    return signature.rows.type.startswith("int")


def _said(value: object) -> str:
    """A value in the words of JSON, bounded."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value[:40]!r}"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return str(value)[:40]
