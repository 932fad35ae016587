"""Rows are checked against a model's signature and become the matrix that it takes.

Every fault names its row and its field, so that whoever sent the rows can mend them.
"""

import math
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import WrongRows
from scoring.signature import Signature

Matrix = NDArray[Any]

NUMBERS = frozenset({int, float})
WHOLE_NUMBERS = frozenset({int})
_CODES = {"float32": "f", "float64": "d", "int32": "i", "int64": "q"}
"""What `array` calls the types. It takes a row in half the time that NumPy does."""


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
    numbers = array(_CODES[signature.rows.type])
    try:
        _fill(numbers, rows, signature)
    except OverflowError:
        raise WrongRows(_no_fit(signature)) from None
    values = np.frombuffer(numbers, signature.rows.type)
    matrix = values.reshape(-1, signature.width)
    if order is not None:
        matrix = matrix[:, order]
    # The sum of squares is finite only if all are, and at hand in one call.
    if values.dtype.kind == "f" and not math.isfinite(np.vdot(values, values)):
        _check_each(matrix, signature)
    return matrix


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


def _fill(numbers: "array[Any]", rows: Rows, signature: Signature) -> None:
    """Put all rows behind each other. What does not fit a float becomes infinite."""
    allowed = WHOLE_NUMBERS if _is_whole(signature) else NUMBERS
    width = signature.width
    for number, row in enumerate(rows.values):
        if not isinstance(row, list) or len(row) != width:
            raise WrongRows(_wrong_length(row, width), row=number)
        if not allowed.issuperset(map(type, row)):
            raise _wrong_value(row, number, rows.columns, signature, allowed)
        numbers.fromlist(row)


def _no_fit(signature: Signature) -> str:
    limits = np.iinfo(signature.rows.type) if _is_whole(signature) else None
    least_and_most = f" ({limits.min} to {limits.max})" if limits else ""
    return f"a number does not fit {signature.rows.type}{least_and_most}"


def _check_each(matrix: Matrix, signature: Signature) -> None:
    """Raise WrongRows if a number is not finite."""
    wrong = np.argwhere(~np.isfinite(matrix))
    if not len(wrong):
        return
    row, position = map(int, wrong[0])
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
