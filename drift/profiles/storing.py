"""Profiles as bytes: a mark, then MessagePack with a version; arrays are little-endian.

What comes from outside is believed only after it was checked: everything that a comparison relies
on (lengths, order, finiteness, counts that add up) holds for a profile that was loaded.
"""

import msgspec
import numpy as np
from msgspec import Struct

from drift.columns import Categorical, Column, Counts, Empty, Numbers, Numeric
from drift.errors import UnreadableError
from drift.profiles.checks import check
from drift.profiles.profile import SCHEMA, Profile

MARK = b"\x89DRIFT\r\n"
"""How each stored profile begins; a transfer that changes line ends is noticed by it."""

_WIDTHS = ("<u1", "<u2", "<u4", "<u8")


class _Version(Struct):
    schema: int


class _Stored(Struct, kw_only=True):
    """A profile by the kinds of its columns; `names` has them in their order."""

    schema: int
    rows: int
    names: list[str]
    numeric: list[Numeric]
    categorical: list[Categorical]
    empty: list[Empty]
    problems: dict[str, str]


def dumps(profile: Profile) -> bytes:
    """The profile as bytes."""
    columns = profile.columns
    stored = _Stored(
        schema=profile.schema,
        rows=profile.rows,
        names=[column.name for column in columns],
        numeric=[column for column in columns if isinstance(column, Numeric)],
        categorical=[column for column in columns if isinstance(column, Categorical)],
        empty=[column for column in columns if isinstance(column, Empty)],
        problems=profile.problems,
    )
    return MARK + msgspec.msgpack.encode(stored, enc_hook=_as_bytes)


def loads(content: bytes, name: str = "the profile") -> Profile:
    """The profile that was stored; `name` is what errors call it. Raises UnreadableError."""
    if not content.startswith(MARK):
        raise UnreadableError(name, "is no drift profile")
    body = memoryview(content)[len(MARK) :]
    try:
        _refuse_newer(name, msgspec.msgpack.decode(body, type=_Version).schema)
        stored = msgspec.msgpack.decode(body, type=_Stored, dec_hook=_as_array)
        return _checked(stored)
    except (msgspec.DecodeError, ValueError) as error:
        said = str(error).rstrip(".")
        raise UnreadableError(name, f"is a damaged drift profile: {said}") from error


def _refuse_newer(name: str, schema: int) -> None:
    if schema > SCHEMA:
        newer = f"is a profile of version {schema}; this program reads up to version {SCHEMA}"
        raise UnreadableError(name, f"{newer}: update it")


def _checked(stored: _Stored) -> Profile:
    """The profile, unless it contradicts itself. Raises ValueError."""
    columns: list[Column] = [*stored.numeric, *stored.categorical, *stored.empty]
    found = {column.name: column for column in columns}
    if len(found) != len(columns) or sorted(found) != sorted(stored.names):
        raise ValueError("its columns are not those that it names")
    for column in found.values():
        check(column, stored.rows)
    return Profile(
        schema=stored.schema,
        rows=stored.rows,
        columns=tuple(found[name] for name in stored.names),
        problems=stored.problems,
    )


def _as_bytes(array: object) -> bytes:
    """Values as they are; weights after their width in bytes, the narrowest that holds them."""
    if not isinstance(array, np.ndarray):
        raise NotImplementedError(f"{type(array)} has no form in a profile")
    if array.dtype.kind == "f":
        return array.astype("<f8").tobytes()
    most = int(array.max(initial=0))
    width = next(width for width in _WIDTHS if most <= np.iinfo(width).max)
    return bytes([np.dtype(width).itemsize]) + array.astype(width).tobytes()


def _as_array(kind: object, content: object) -> Numbers | Counts:
    if not isinstance(content, bytes):
        raise TypeError("an array is not stored as bytes")
    if kind == Numbers:
        return np.frombuffer(content, "<f8").astype(np.float64)
    width = f"<u{content[0]}" if content else ""
    if width not in _WIDTHS:
        raise ValueError("its weights are of no known width")
    weights = np.frombuffer(content, width, offset=1)
    if int(weights.max(initial=0)) > np.iinfo(np.int64).max:
        raise ValueError("its weights are too large")
    return weights.astype(np.int64)
