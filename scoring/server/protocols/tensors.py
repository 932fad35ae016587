"""Tensors of the Open Inference Protocol, and the rows that they are.

A table comes as one tensor of shape [rows, width] under the name of the model's input, or as a
tensor a column, each [rows] or [rows, 1], under the columns' names. Data is flat, in row-major
order, or nested as the shape says.
"""

from collections.abc import Sequence
from itertools import chain
from types import MappingProxyType
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from scoring.errors import WrongRows
from scoring.rows import Rows
from scoring.signature import Signature

Datatype = Literal[
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64",
    "FP16", "FP32", "FP64", "BYTES",
]  # fmt: skip
Parameters = dict[str, str | int | float | bool]
Size = Annotated[int, Meta(ge=0, le=2**63 - 1)]

DATATYPES = MappingProxyType(
    {
        "float32": "FP32",
        "float64": "FP64",
        "int64": "INT64",
        "int32": "INT32",
        "bool": "BOOL",
        "string": "BYTES",
    }
)
"""The protocol's names of the types that models take and give."""

FLOATS = frozenset({"FP16", "FP32", "FP64"})
BINARY = "binary_data_size"


class InputTensor(Struct, frozen=True):
    """A tensor of a request."""

    name: str
    shape: tuple[Size, ...]
    datatype: Datatype
    data: list[Any] | None = None
    parameters: Parameters = {}


def rows_of_tensors(inputs: Sequence[InputTensor], signature: Signature) -> Rows:
    """The rows that the tensors are. Raises WrongRows."""
    for tensor in inputs:
        _check_datatype(tensor, signature)
    if len(inputs) == 1 and inputs[0].name == signature.rows.name and len(inputs[0].shape) == 2:
        return _table(inputs[0], signature)
    if signature.columns is None:
        raise WrongRows(f"the model takes one tensor: {_wanted(signature)}")
    if len(inputs) == 1 and signature.width != 1:
        raise WrongRows(f"the model takes {_wanted(signature)}, or a tensor for each column")
    return _columns(inputs)


def _table(tensor: InputTensor, signature: Signature) -> Rows:
    count, width = tensor.shape
    if width != signature.width:
        raise _wrong(tensor, f"the model takes {_wanted(signature)}")
    data = _data(tensor)
    if data and isinstance(data[0], list):
        if len(data) != count:
            raise _wrong(tensor, f"its data has {len(data)} rows")
        _check_values(tensor, chain.from_iterable(row for row in data if isinstance(row, list)))
        return Rows(data)
    if len(data) != count * width:
        raise _wrong(tensor, f"its data has {len(data)} values, not {count * width}")
    _check_values(tensor, data)
    return Rows([data[start : start + width] for start in range(0, len(data), width)])


def _columns(inputs: Sequence[InputTensor]) -> Rows:
    columns = [_column(tensor) for tensor in inputs]
    if len({len(column) for column in columns}) > 1:
        raise WrongRows("the tensors differ in the number of rows")
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Rows(rows, [tensor.name for tensor in inputs])


def _column(tensor: InputTensor) -> list[Any]:
    if tensor.shape[1:] not in ((), (1,)) or not tensor.shape:
        raise _wrong(tensor, "a column has the shape [rows] or [rows, 1]")
    values = _data(tensor)
    if len(tensor.shape) == 2 and all(isinstance(row, list) and len(row) == 1 for row in values):
        values = [row[0] for row in values]
    if len(values) != tensor.shape[0]:
        raise _wrong(tensor, f"its data has {len(values)} values")
    _check_values(tensor, values)
    return values


def _data(tensor: InputTensor) -> list[Any]:
    if BINARY in tensor.parameters:
        raise WrongRows("binary tensors are not taken: send the tensor's data as JSON")
    if tensor.data is None:
        raise WrongRows(f"the input {tensor.name!r:.80} has no data")
    return tensor.data


def _check_datatype(tensor: InputTensor, signature: Signature) -> None:
    """Whether the model takes such numbers: whole ones everywhere, others where it takes floats."""
    whole = signature.rows.type.startswith("int")
    if tensor.datatype in ("BOOL", "BYTES") or (whole and tensor.datatype in FLOATS):
        raise WrongRows(
            f"the input {tensor.name!r:.80} is {tensor.datatype}; "
            f"the model takes {DATATYPES[signature.rows.type]}"
        )


def _check_values(tensor: InputTensor, values: Any) -> None:
    """Whether the values are of the tensor's own type; that they are numbers is checked later."""
    if tensor.datatype in FLOATS:
        return
    least, most = _range(tensor.datatype)
    for value in values:
        if type(value) is float or (type(value) is int and not least <= value <= most):
            raise _wrong(tensor, f"its data has {value!r:.40}, which is no {tensor.datatype}")


def _range(datatype: str) -> tuple[int, int]:
    """The least and the most that a type of whole numbers holds.

    >>> _range("UINT8"), _range("INT16")
    ((0, 255), (-32768, 32767))
    """
    bits = int(datatype.lstrip("UINT"))
    if datatype.startswith("U"):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _wanted(signature: Signature) -> str:
    kind = DATATYPES[signature.rows.type]
    return f"{signature.rows.name!r}, {kind} of the shape [-1, {signature.width}]"


def _wrong(tensor: InputTensor, problem: str) -> WrongRows:
    return WrongRows(f"the input {tensor.name!r:.80} has the shape {list(tensor.shape)}; {problem}")
