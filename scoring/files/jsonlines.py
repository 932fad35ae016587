"""JSON lines: one object a line, of which the keys of the first ones are the columns.

A column that is handed through has the type that its values have in the first lines; what is nested
or of several types is handed through as its JSON text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

import msgspec
import pyarrow as pa

from scoring.errors import BadFile
from scoring.files.blocks import Block, Loaded, Piece, Reject, remaining
from scoring.files.ends import LineEnds
from scoring.files.layout import layout
from scoring.files.sources import Source, explained
from scoring.files.text import Text
from scoring.signature import Signature
from tabular.formats import Packing
from tabular.words import listed

_HEAD = 1 << 18
_LONGEST = 40
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_NO_OBJECTS = "is not JSON lines: none of its first lines is one object {…}"

_INT64 = range(-(2**63), 2**63)
_Whole = Annotated[int, msgspec.Meta(ge=_INT64[0], le=_INT64[-1])]
_TYPES: dict[Any, pa.DataType] = {
    _Whole: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    bool: pa.bool_(),
}
_WORDS = {
    _Whole: "a whole number that fits int64",
    float: "a number",
    str: "text",
    bool: "true or false",
}


class JsonLinesTable:
    """A table of one JSON object a line; a key that an object lacks is missing there."""

    def __init__(
        self,
        source: Source,
        packing: Packing | None,
        signature: Signature,
        keep: Sequence[str] | None,
    ) -> None:
        self._text = Text(source, packing, LineEnds())
        kinds = _kinds(source.name, self._text.head(_HEAD))
        self._layout = layout(source.name, list(kinds), signature, keep)
        _check_plain(source.name, self._layout.names)
        number = _Whole if signature.rows.type.startswith("int") else float
        self._numbers = _TYPES[number]
        self._kinds = {name: kinds[name] for name in self._layout.kept}
        self._kinds |= dict.fromkeys(self._layout.features, number)
        self.name, self.features = source.name, self._layout.features
        self.kept = pa.schema([(n, _TYPES.get(kinds[n], pa.string())) for n in self._layout.kept])
        self._decode = _decoder(self._kinds)
        self._columns = dict(zip(self._kinds, map(attrgetter, _fields(self._kinds)), strict=True))

    def cut(self, most: int) -> list[Piece]:
        """Spans of bytes that end with a line each; packed text is one piece."""
        return self._text.cut(most)

    def blocks(self, piece: Piece | None = None) -> Iterator[Block]:
        """The rows of a piece, or of the whole file. Raises BadFile."""
        for content, done in self._text.lines(piece or self._text.whole):
            yield Block(partial(self._loaded, content), done)

    def _loaded(self, content: bytes) -> Loaded:
        with explained(self._text.name, "JSON lines"):
            content.decode()
        lines = [line for line in content.split(b"\n") if line and not line.isspace()]
        rejects: list[Reject] = []
        try:
            rows = list(map(self._decode, lines))
        except (msgspec.DecodeError, RecursionError):
            rows = list(self._one_by_one(lines, rejects))
        return Loaded(
            rows=len(lines),
            features=[self._column(rows, name, self._numbers) for name in self._layout.features],
            kept=pa.RecordBatch.from_arrays(
                [self._column(rows, one.name, one.type) for one in self.kept], schema=self.kept
            ),
            rejects=rejects,
            places=remaining(len(lines), rejects),
        )

    def _column(self, rows: Sequence[Any], name: str, kind: pa.DataType) -> pa.Array:
        values = list(map(self._columns[name], rows))
        if self._kinds[name] is Any:
            values = [_text(value) for value in values]
        return pa.array(values, kind)

    def _one_by_one(self, lines: Sequence[bytes], rejects: list[Reject]) -> Iterator[Any]:
        for row, line in enumerate(lines):
            try:
                yield self._decode(line)
            except (msgspec.DecodeError, RecursionError) as error:
                rejects.append(Reject(row, *self._fault(line, error)))

    def _fault(self, line: bytes, error: Exception) -> tuple[str | None, str]:
        """The field that a line has wrong, and what it should be."""
        try:
            found = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as broken:
            return None, f"is no JSON object: {broken}"
        if not isinstance(found, dict):
            return None, "is no JSON object"
        for name, kind in self._kinds.items():
            try:
                msgspec.convert(found.get(name), kind | None)
            except msgspec.ValidationError:
                shown = msgspec.json.encode(found[name]).decode()[:_LONGEST]
                return name, f"expected {_WORDS[kind]}, found {shown}"
        return None, f"cannot be read: {error}"


def _kinds(file: str, head: bytes) -> dict[str, Any]:
    """What the columns hold, by the first lines."""
    seen: dict[str, set[type]] = {}
    for line in head.split(b"\n"):
        try:
            row = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue
        for name, value in row.items():
            seen.setdefault(name, set()).add(_type(value))
    if not seen:
        raise BadFile(file, _NO_OBJECTS)
    return {name: _kind(types - {type(None)}) for name, types in seen.items()}


def _type(value: Any) -> type:
    """The type of a value; one of no column for a number that none has room for."""
    return object if type(value) is int and value not in _INT64 else type(value)


def _kind(types: set[type]) -> Any:
    if types == {int}:
        return _Whole
    if types == {int, float}:
        return float
    (kind,) = types if len(types) == 1 else (Any,)
    return kind if kind in _TYPES else Any


def _check_plain(file: str, names: Sequence[str]) -> None:
    """Names that JSON writes with a backslash are found by no decoder that is quick."""
    odd = [name for name in names if _ESCAPED.search(name)]
    if odd:
        cause = (
            f"has a column {listed(odd, 'and')}, whose name has a quotation mark, a backslash or a "
            "control character: name the columns to keep, without it"
        )
        raise BadFile(file, cause)


def _fields(kinds: dict[str, Any]) -> list[str]:
    """A name for each column that Python takes."""
    return [f"f{number}" for number in range(len(kinds))]


def _decoder(kinds: dict[str, Any]) -> Callable[[bytes], Any]:
    fields = _fields(kinds)
    row = msgspec.defstruct(
        "Row",
        [(field, kind | None, None) for field, kind in zip(fields, kinds.values(), strict=True)],
        rename=dict(zip(fields, kinds, strict=True)),
        gc=False,
    )
    return msgspec.json.Decoder(row).decode


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
