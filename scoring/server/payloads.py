"""The forms in which rows are sent, and predictions sent back.

* Azure ML's online contract, `POST /score`: an object with `input_data` (or `data`, the custom of
  its scoring scripts); the answer is the bare array of predictions.
* MLflow's, `POST /invocations`: exactly one of `dataframe_split`, `dataframe_records`,
  `instances`, `inputs`; the answer is `{"predictions": [...]}`.

Other keys (`params`, `signature_name`) are for models of other kinds and are left alone, as
MLflow does for a model without parameters.

Sources: MicrosoftDocs/azure-ai-docs and mlflow/mlflow (pyfunc scoring server), see
tests/specs/inference/SOURCES.md.
"""

from collections.abc import Callable
from typing import Any

import orjson
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import WrongRows
from scoring.rows import Rows
from scoring.signature import Signature


class Protocol(Struct, frozen=True):
    """How a protocol sends rows, and how it wants predictions back."""

    read: Callable[[bytes, Signature], Rows]
    render: Callable[[NDArray[Any]], bytes]


def _read_azureml(body: bytes, signature: Signature) -> Rows:
    """The rows of a request to `/score`. Raises WrongRows."""
    _, value = _only(_object(body), ("input_data", "data"))
    return _rows(value, signature)


def _read_mlflow(body: bytes, signature: Signature) -> Rows:
    """The rows of a request to `/invocations`. Raises WrongRows."""
    name, value = _only(
        _object(body), ("dataframe_split", "dataframe_records", "instances", "inputs")
    )
    if name == "dataframe_split" and not _is_split(value):
        raise WrongRows("'dataframe_split' has to be an object with 'columns' and 'data'")
    return _rows(value, signature)


def _render_azureml(predictions: NDArray[Any]) -> bytes:
    """The bare array."""
    return orjson.dumps(predictions.tolist())


def _render_mlflow(predictions: NDArray[Any]) -> bytes:
    """The array, by its name."""
    return orjson.dumps({"predictions": predictions.tolist()})


AZUREML = Protocol(_read_azureml, _render_azureml)
MLFLOW = Protocol(_read_mlflow, _render_mlflow)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise WrongRows(f"the body is not JSON: {problem}") from None
    if not isinstance(found, dict):
        raise WrongRows("the body has to be a JSON object")
    return found


def _only(found: dict[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    present = [name for name in names if name in found]
    if len(present) != 1:
        raise WrongRows(f"the body needs exactly one of {', '.join(map(repr, names))}")
    return present[0], found[present[0]]


def _rows(value: Any, signature: Signature) -> Rows:
    """Rows in any of the forms, told apart by their shape."""
    if _is_split(value):
        return _split(value)
    if isinstance(value, dict):
        if list(value) == [signature.rows.name]:  # A tensor by the name of the model's input.
            return _rows(value[signature.rows.name], signature)
        return _columns(value)
    if not isinstance(value, list):
        raise WrongRows("the rows have to be a list or an object")
    if value and isinstance(value[0], dict):
        return _records(value)
    return Rows(value)


def _is_split(value: Any) -> bool:
    return isinstance(value, dict) and "data" in value and "columns" in value


def _split(value: dict[str, Any]) -> Rows:
    names, data = value["columns"], value["data"]
    if not isinstance(names, list) or not all(isinstance(name, str | int) for name in names):
        raise WrongRows("'columns' has to be a list of names")
    if not isinstance(data, list):
        raise WrongRows("'data' has to be a list of rows")
    return Rows(data, [str(name) for name in names])


def _records(records: list[Any]) -> Rows:
    """Objects, a row each. The first one says which columns there are."""
    names = list(records[0])
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            raise WrongRows("expected an object like the first row", row=number)
        for name in names:
            if name not in record:
                raise WrongRows("the column is missing", row=number, field=name)
        if len(record) != len(names):
            extra = next(name for name in record if name not in names)
            raise WrongRows("the first row has no such column", row=number, field=extra)
    return Rows([[record[name] for name in names] for record in records], names)


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
