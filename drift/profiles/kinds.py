"""What kind a column is: by its type where there is one, else by what most of its text says."""

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import types

from drift.kinds import Kind
from drift.profiles.texts import dates, numbers, truths


class Unsupported(str):
    """Why a column cannot be profiled."""

    __slots__ = ()


def kind_of_type(kind: pa.DataType) -> Kind | Unsupported | None:
    """The kind that a type stands for; None for the type of nothing but nulls."""
    if types.is_null(kind):
        return None
    if types.is_dictionary(kind):
        return kind_of_type(kind.value_type)
    if types.is_boolean(kind):
        return "boolean"
    if types.is_date(kind) or types.is_timestamp(kind):
        return "date"
    if types.is_primitive(kind) or types.is_decimal(kind):
        return Unsupported(f"holds {kind} values") if types.is_interval(kind) else "numeric"
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "categorical"
    what = "nested values" if types.is_nested(kind) else "values"
    return Unsupported(f"holds {what} of type {kind}, which are not compared")


def kind_of_values(
    pieces: Sequence[pa.Array], stands_for: frozenset[Kind]
) -> Kind | Unsupported | None:
    """The kind of a column by its first values: that of the type which most of them have.

    Text counts as numbers, dates or truth values when it may stand for them and more than half of
    it does. None when there is no value, and no type beside text.
    """
    most = max(pieces, key=lambda piece: len(piece) - piece.null_count)
    if len(most) == most.null_count and stands_for:
        return None
    kind = kind_of_type(most.type)
    return _kind_of_text(most, stands_for) if kind == "categorical" and stands_for else kind


def _kind_of_text(piece: pa.Array, stands_for: frozenset[Kind]) -> Kind:
    text = piece.drop_null()
    readers = {"boolean": truths, "numeric": numbers, "date": dates}
    for kind in ("boolean", "numeric", "date"):
        if kind in stands_for and 2 * len(readers[kind](text).values) > len(text):
            return kind
    return "categorical"
