"""Stored profiles: what is loaded is what was stored, or is refused in a sentence."""

import io
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from drift import Profile, UnreadableError, dumps, loads, profile
from drift.columns import Numeric

MARK = b"\x89DRIFT\r\n"


def _stored() -> Profile:
    file = io.BytesIO()
    draw = np.random.default_rng(0)
    table = pa.table(
        {
            "size": [*draw.normal(size=9_997), None, float("nan"), float("inf")],
            "when": pa.array([19_000 + n % 7 for n in range(10_000)], pa.date32()),
            "colour": [["red", "grün", None, "blue"][n % 4] for n in range(10_000)],
            "good": [n % 3 == 0 for n in range(10_000)],
            "nothing": pa.nulls(10_000),
            "tags": [[n] for n in range(10_000)],
        }
    )
    parquet.write_table(table, file)
    return profile(file)


def test_profile_that_was_stored_is_loaded_again():
    stored = _stored()

    loaded = loads(dumps(stored))

    assert (loaded.schema, loaded.rows, loaded.problems) == (1, 10_000, stored.problems)
    assert list(loaded.by_name) == ["size", "when", "colour", "good", "nothing"]
    for one, other in zip(stored.columns, loaded.columns, strict=True):
        if isinstance(one, Numeric):
            assert isinstance(other, Numeric)
            assert one.values.tolist() == other.values.tolist()
            assert one.weights is not None
            assert other.weights is not None
            assert one.weights.tolist() == other.weights.tolist()
            rest = msgspec.structs.replace(other, values=one.values, weights=one.weights)
            assert msgspec.structs.astuple(rest) == msgspec.structs.astuple(one)
        else:
            assert one == other


def test_arrays_are_little_endian_and_weights_as_narrow_as_they_can_be():
    content = dumps(profile(io.BytesIO(b"a\n" + b"1\n" * 300 + b"2\n")))

    (column,) = msgspec.msgpack.decode(content[len(MARK) :])["numeric"]

    assert content.startswith(MARK)
    assert column["values"] == bytes.fromhex("000000000000f03f 0000000000000040")
    assert column["weights"] == bytes.fromhex("02 2c01 0100")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is no drift profile"),
        (b"a,b\n1,2\n", "is no drift profile"),
        (dumps(_stored())[:-1], "is a damaged drift profile"),
        (dumps(_stored())[:30], "is a damaged drift profile"),
        (MARK, "is a damaged drift profile"),
        (dumps(_stored()) + b"\0", "is a damaged drift profile"),
        (MARK + msgspec.msgpack.encode([1, 2]), "is a damaged drift profile"),
        (dumps(_stored()).replace(b"\r\n", b"\n", 1), "is no drift profile"),
        (
            MARK + msgspec.msgpack.encode({"schema": 2, "sketches": []}),
            "is a profile of version 2; this program reads up to version 1: update it",
        ),
    ],
    ids=[
        "nothing",
        "another format",
        "cut short by a byte",
        "cut short",
        "only the mark",
        "something after it",
        "another document",
        "line ends were changed",
        "a newer version",
    ],
)
def test_file_that_is_no_whole_profile_is_refused(content: bytes, cause: str):
    with pytest.raises(UnreadableError, match=rf"^last\.profile {cause}"):
        loads(content, "last.profile")


def _changed(**fields: object) -> Callable[[dict[str, Any]], None]:
    return lambda column: column.update(fields)


def _values(*values: float) -> Callable[[dict[str, Any]], None]:
    return _changed(values=np.array(values, "<f8").tobytes())


NUMERIC = [
    (_values(2.0, 1.0), "has values out of order"),
    (_values(1.0, float("nan")), "has values that are not finite"),
    (_values(1.0), "has not one weight a value"),
    (_values(0.0, 2.0), "has values out of its range"),
    (_changed(values=b"123"), "buffer size must be a multiple"),
    (_changed(values="text"), "Expected `bytes`|an array is not stored as bytes"),
    (_changed(weights=b""), "its weights are of no known width"),
    (_changed(weights=bytes([3, 1, 0, 0])), "its weights are of no known width"),
    (_changed(weights=bytes([1, 0, 3])), "has a weight that is no count"),
    (_changed(weights=bytes([1, 4, 1])), "has a weight that is no count"),
    (_changed(weights=bytes([1, 1, 1])), "has weights that are not its rows"),
    (_changed(weights=bytes([8]) + b"\xff" * 16), "its weights are too large"),
    (_changed(weights=None), "has not one value a row"),
    (_changed(rows=4), "has 4 rows of 3"),
    (_changed(missing=-1), "counts rows twice"),
    (_changed(infinite=9), "counts rows twice"),
    (_changed(error=1.5), "has an error that is no share"),
    (_changed(error=float("nan")), "has an error that is no share"),
    (_changed(mean=None), "lacks moments, or has some of nothing"),
    (_changed(std=float("inf")), "has moments that are not finite"),
    (_changed(std=-1.0), "has moments out of order"),
    (_changed(mean=7.0), "has moments out of order"),
    (_changed(kind="colour"), "Invalid enum value"),
    (_changed(name="b"), "its columns are not those that it names"),
]


@pytest.mark.parametrize(("change", "cause"), NUMERIC, ids=[cause for _, cause in NUMERIC])
def test_numbers_that_contradict_themselves_are_refused(
    change: Callable[[dict[str, Any]], None], cause: str
):
    _refused(b"a\n1\n1\n2\n", "numeric", change, cause)


CATEGORICAL = [
    (_changed(items={"x": 0, "y": 3}), "has a category without rows"),
    (_changed(items={"x": 2, "y": 2}), "has counts that are not its rows"),
    (_changed(items={"x": 4}, other=-1), "has a count below zero"),
    (_changed(slack=1), "has more slack than other rows"),
    (_changed(kind="boolean"), "has truth values beside true and false"),
    (_changed(items={f"{n}": 1 for n in range(5_000)}), "has too many categories"),
    (_changed(items={"x": "2"}), "Expected `int`"),
]


@pytest.mark.parametrize(("change", "cause"), CATEGORICAL, ids=[cause for _, cause in CATEGORICAL])
def test_categories_that_contradict_themselves_are_refused(
    change: Callable[[dict[str, Any]], None], cause: str
):
    _refused(b"a\nx\nx\ny\n", "categorical", change, cause)


def _refused(rows: bytes, kind: str, change: Callable[[dict[str, Any]], None], cause: str) -> None:
    body = msgspec.msgpack.decode(dumps(profile(io.BytesIO(rows)))[len(MARK) :])
    change(body[kind][0])

    with pytest.raises(
        UnreadableError, match=f"^the profile is a damaged drift profile: .*({cause})"
    ):
        loads(MARK + msgspec.msgpack.encode(body))
