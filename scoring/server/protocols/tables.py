"""Rows as JSON tables, in the forms that Azure ML and MLflow share. They are told apart by shape.

[[1, 2], [3, 4]]                                    a tensor
{"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}   split, as pandas writes it
[{"a": 1, "b": 2}, {"a": 3, "b": 4}]                records
{"a": [1, 3], "b": [2, 4]}                          columns
{"X": [[1, 2], [3, 4]]}                             a tensor by the name of the model's input
"""

from typing import Any

import orjson

from scoring.errors import WrongRows
from scoring.rows import Rows
from scoring.signature import Signature


def parsed_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is. Raises WrongRows."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise WrongRows(f"the body is not JSON: {problem}") from None
    if not isinstance(found, dict):
        raise WrongRows("the body has to be a JSON object")
    return found


def only(found: dict[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    """The one of the names that the object has, and its value. Raises WrongRows."""
    present = [name for name in names if name in found]
    if len(present) != 1:
        raise WrongRows(f"the body needs exactly one of {', '.join(map(repr, names))}")
    return present[0], found[present[0]]


def rows_in(value: Any, signature: Signature) -> Rows:
    """Rows in any of the forms. Raises WrongRows."""
    if isinstance(value, dict):
        return _rows_in_object(value, signature)
    if not isinstance(value, list):
        raise WrongRows("the rows have to be a list or an object")
    if value and isinstance(value[0], dict):
        return _records(value)
    return Rows(value)


def _rows_in_object(value: dict[str, Any], signature: Signature) -> Rows:
    names = value.keys()
    if names == {signature.rows.name} and signature.columns != (signature.rows.name,):
        return _tensor(value[signature.rows.name], signature)
    if {"columns", "data"} <= names:
        return split(value)
    return _columns(value)


def _tensor(value: Any, signature: Signature) -> Rows:
    """A list and no object, which might hold such an object again, and so on without end."""
    if not isinstance(value, list):
        raise WrongRows("expected a list of rows", field=signature.rows.name)
    return rows_in(value, signature)


def split(value: dict[str, Any]) -> Rows:
    """Rows beside the names of their columns, if these are given. Raises WrongRows."""
    names, data = value.get("columns"), value["data"]
    if not isinstance(data, list):
        raise WrongRows("'data' has to be a list of rows")
    if names is None:
        return Rows(data)
    if not isinstance(names, list) or not all(isinstance(name, str | int) for name in names):
        raise WrongRows("'columns' has to be a list of names")
    return Rows(data, [str(name) for name in names])


def _records(records: list[Any]) -> Rows:
    """Objects, a row each. The first one says which columns there are."""
    first = records[0]
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            raise WrongRows("expected an object like the first row", row=number)
        if record.keys() != first.keys():
            raise _other_columns(first, record, number)
    return Rows([[record[name] for name in first] for record in records], list(first))


def _other_columns(first: dict[str, Any], record: dict[str, Any], number: int) -> WrongRows:
    for name in first:
        if name not in record:
            return WrongRows("the column is missing", row=number, field=name)
    extra = next(name for name in record if name not in first)
    return WrongRows("the first row has no such column", row=number, field=extra)


def _columns(columns: dict[str, Any]) -> Rows:
    """An object of columns, each a list with a value a row."""
    lengths = set()
    for name, values in columns.items():
        if not isinstance(values, list):
            raise WrongRows("expected a list with a value a row", field=name)
        lengths.add(len(values))
    if len(lengths) > 1:
        raise WrongRows("the columns differ in length")
    return Rows([list(row) for row in zip(*columns.values(), strict=True)], list(columns))
