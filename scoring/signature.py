"""What a model takes and gives, read from its ONNX graph.

Ratchet scores tables: a model has one input, a matrix with a row an observation, and its first
output has an answer a row. A classifier may give the probabilities of its classes as well, as a
matrix or as the sequence of maps that the operator ZipMap makes.

ONNX names tensors but not the columns of a matrix. A training pipeline that wants rows matched by
column name stores the names, as a JSON list, in the model's metadata under `ratchet.columns`; they
are then covered by the digest that pins the file. Without them columns are taken in their order.
"""

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from scoring.errors import Unsuitable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, NodeArg

COLUMNS_KEY = "ratchet.columns"
"""The key of a model's metadata under which the names of its columns stand."""

INPUT_TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
}
ANSWER_TYPES = INPUT_TYPES | {"tensor(string)": "string", "tensor(bool)": "bool"}
LABEL_TYPES = frozenset({"int64", "int32", "string", "bool"})


class Tensor(Struct, frozen=True, kw_only=True):
    """A named input or output; `type` is NumPy's name of it, or ONNX's where NumPy has none."""

    name: str
    type: str
    shape: tuple[int | None, ...]


class Signature(Struct, frozen=True, kw_only=True):
    """The table that a model takes, the answer that it gives a row, and what comes beside it."""

    rows: Tensor
    answer: Tensor
    probabilities: Tensor | None = None
    columns: tuple[str, ...] | None = None

    @property
    def width(self) -> int:
        """How many values a row has."""
        width = self.rows.shape[1]
        assert width is not None  # noqa: S101 - `read_signature` admits no other.
        return width

    @property
    def classifies(self) -> bool:
        """Whether the answers are labels rather than quantities."""
        return self.answer.type in LABEL_TYPES

    def field(self, position: int) -> str:
        """How people call the column at a position."""
        return self.columns[position] if self.columns else str(position)


def read_signature(session: "InferenceSession") -> Signature:
    """The signature of a loaded model. Raises Unsuitable when it does not score tables."""
    rows = _table(session.get_inputs())
    outputs = session.get_outputs()
    if not outputs:
        raise Unsuitable("it has no output, and so no answers", "outputs")
    answer = _tensor(outputs[0])
    if outputs[0].type not in ANSWER_TYPES:
        raise Unsuitable(
            f"its first output {answer.name!r} is a {answer.type}, not an answer a row"
        )
    metadata = session.get_modelmeta().custom_metadata_map
    return Signature(
        rows=rows,
        answer=answer,
        probabilities=_probabilities(answer, [_tensor(output) for output in outputs[1:]]),
        columns=_columns(metadata.get(COLUMNS_KEY), rows),
    )


def _table(inputs: "list[NodeArg]") -> Tensor:
    if len(inputs) != 1:
        names = ", ".join(repr(each.name) for each in inputs) or "none"
        raise Unsuitable(
            f"it needs {len(inputs)} inputs ({names}), and rows are one table", "inputs"
        )
    found = _tensor(inputs[0])
    if inputs[0].type not in INPUT_TYPES:
        raise Unsuitable(f"its input {found.name!r} is a {found.type}, not a table of numbers")
    if len(found.shape) != 2 or not found.shape[1] or found.shape[1] < 1:
        raise Unsuitable(
            f"its input {found.name!r} has the shape {_said(found.shape)}, "
            "not any number of rows of a fixed number of columns"
        )
    if found.shape[0] is not None:
        raise Unsuitable(
            f"its input {found.name!r} takes exactly {found.shape[0]} rows at a time", "batch"
        )
    return found


def _probabilities(answer: Tensor, others: list[Tensor]) -> Tensor | None:
    if answer.type not in LABEL_TYPES:
        return None
    for other in others:
        is_matrix = other.type in {"float32", "float64"} and len(other.shape) == 2
        if is_matrix or other.type.startswith("seq(map("):
            return other
    return None


def _columns(text: str | None, rows: Tensor) -> tuple[str, ...] | None:
    if text is None:
        return None
    try:
        names = json.loads(text)
    except ValueError as problem:
        raise Unsuitable(
            f"its metadata {COLUMNS_KEY!r} is not JSON: {problem}", "columns"
        ) from None
    if not isinstance(names, list) or not all(map(_is_text, names)):
        raise Unsuitable(f"its metadata {COLUMNS_KEY!r} is not a list of column names", "columns")
    if len(names) != rows.shape[1] or len(set(names)) != len(names):
        raise Unsuitable(
            f"its metadata {COLUMNS_KEY!r} has {len(set(names))} different names "
            f"for {rows.shape[1]} columns",
            "columns",
        )
    return tuple(names)


def _is_text(name: object) -> bool:
    """Whether a name can be written down: JSON can hold half a character, which UTF-8 cannot."""
    try:
        return isinstance(name, str) and name.encode() is not None
    except UnicodeEncodeError:
        return False


def _tensor(argument: "NodeArg") -> Tensor:
    shape = tuple(size if isinstance(size, int) else None for size in argument.shape)
    return Tensor(
        name=argument.name, type=ANSWER_TYPES.get(argument.type, argument.type), shape=shape
    )


def _said(shape: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"
