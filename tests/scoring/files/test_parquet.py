"""Parquet as people have it, read for a model."""

import io
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.columns import filled
from scoring.errors import BadFile
from scoring.files.blocks import column_of
from scoring.files.opening import open_table
from tests.scoring.files.opened import opened, scored, signature, source

INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint32(), pa.uint64()]


def parquet(columns: Any, rows: int = 2) -> bytes:
    file = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), file, rows)
    return file.getvalue()


@pytest.mark.parametrize(
    "values",
    [
        *(pa.array([1, 3], kind) for kind in INTEGERS),
        *(pa.array(np.array([1, 3], kind)) for kind in ("f2", "f4", "f8")),
        pa.array([Decimal("1.00"), Decimal("3.00")]),
        pa.array([1.0, 3.0]).dictionary_encode(),
    ],
    ids=str,
)
def test_numbers_of_any_type_are_scored(values: pa.Array):
    rows, rejects = scored(opened(parquet({"id": ["x", "y"], "a": values, "b": [2, 4]})))
    assert rows == [{"id": "x", "prediction": 21.0}, {"id": "y", "prediction": 43.0}]
    assert rejects == []


def test_truth_values_are_one_and_zero():
    values = pa.array([True, None, False])
    rows, rejects = scored(opened(parquet({"a": values, "b": [0, 0, 0]})))
    assert [row["prediction"] for row in rows] == [1.0, 0.0]
    assert rejects == [(1, "a", "the number is missing")]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "the number is missing"),
        (np.nan, "the number is missing"),
        (np.inf, "the number is infinite"),
        (-1e39, "the number -1e+39 does not fit float32"),
    ],
)
def test_bad_row_is_rejected_and_no_other(value: float | None, reason: str):
    content = parquet({"a": [1.0, value, 3.0], "b": [2.0, None, 4.0]}, rows=3)
    rows, rejects = scored(opened(content))
    assert [row["prediction"] for row in rows] == [21.0, 43.0]
    assert rejects == [(1, "a", reason)]


@pytest.mark.parametrize(
    ("kind", "values", "bad"),
    [
        ("int64", pa.array([1, None, 2**53 + 1]), {1: "the number is missing"}),
        ("int64", pa.array([1, 2**63], pa.uint64()), {1: "does not fit int64"}),
        ("int32", pa.array([-(2**31), 2**31]), {1: "does not fit int32"}),
        ("int32", pa.array([None, 5], pa.int8()), {0: "the number is missing"}),
    ],
    ids=["missing", "too large", "too large for 32 bits", "small ones missing"],
)
def test_whole_numbers_have_to_fit_exactly(kind: str, values: pa.Array, bad: dict[int, str]):
    table = open_table(source(parquet({"a": values})), signature(kind, "a"))
    (block,) = [one.load() for one in table.blocks()]
    (part,) = filled([column_of(block.features[0], whole=True)], signature(kind, "a"))
    sound = [one for at, one in enumerate(values.to_pylist()) if at not in bad]
    assert part.matrix[:, 0].tolist() == sound
    assert [one.row for one in part.faults] == list(bad)
    assert all(bad[one.row] in one.reason for one in part.faults)


def test_kept_columns_are_handed_through_with_their_types():
    kept = {
        "id": pa.array([1, None], pa.uint16()),
        "at": pa.array([0, 1], pa.timestamp("us", tz="UTC")),
        "tags": pa.array([["x"], []]),
        "city": pa.array(["Köln", None]).dictionary_encode(),
    }
    table = opened(parquet({**kept, "a": [1, 2], "b": [3, 4]}))
    assert {one.name: one.type for one in table.kept} == {n: v.type for n, v in kept.items()}
    rows, _ = scored(table)
    assert [{name: row[name] for name in kept} for row in rows] == pa.table(kept).to_pylist()


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (parquet({"a": [1], "b": [2]})[:-9], "cannot be read as Parquet; it may be cut short"),
        (b"PAR1", "cannot be read as Parquet"),
        (b"1,2", "is no Parquet file"),
        (parquet({"a": [1], "c": [2]}), "has no column `b`; it has `a` and `c`"),
        (parquet({"a": [1], "b": ["x"]}), "holds string in its column `b`; the model takes float"),
        (parquet(pa.table([[1], [2]], names=["a", "a"])), "has 2 columns of the name `a`"),
    ],
)
def test_bad_file_is_named_with_the_cause(content: bytes, cause: str):
    with pytest.raises(BadFile) as refused:
        opened(content, "rows.parquet")
    assert str(refused.value).startswith("rows.parquet ")
    assert cause in str(refused.value)


def test_whole_numbers_are_not_made_of_others():
    content = parquet({"a": [1.0]})
    with pytest.raises(BadFile, match="holds double in its column `a`; the model takes int64"):
        open_table(source(content), signature("int64", "a"))


def test_damaged_page_is_a_bad_file():
    content = bytearray(parquet({"a": [1.5] * 9, "b": [2.5] * 9}))
    content[4:40] = bytes(36)
    with pytest.raises(BadFile, match="cannot be read as Parquet"):
        scored(opened(bytes(content)))


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(1, 20), st.integers(1, 3000))
def test_cut_anywhere_the_rows_are_the_same(rows: int, group: int, most: int):
    columns = {"id": range(rows), "a": range(rows), "b": [2.0] * rows}
    table = opened(
        parquet({name: pa.array(list(values)) for name, values in columns.items()}, group)
    )
    pieces = table.cut(most)
    assert [piece.start for piece in pieces[1:]] == [piece.stop for piece in pieces[:-1]]
    assert sum(piece.rows or 0 for piece in pieces) == rows
    found, rejects = scored(table, *pieces) if pieces else ([], [])
    assert [(row["id"], row["prediction"]) for row in found] == [(n, n + 20.0) for n in range(rows)]
    assert rejects == []


@pytest.mark.parametrize("byte", [0x00, 0x15, 0x7F, 0xFF])
def test_footer_of_nonsense_is_a_bad_file_wherever_it_stands(byte: int):
    content = parquet({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    outcomes = {
        outcome(content[:at] + bytes([byte]) + content[at + 1 :])
        for at in range(start, len(content))
    }
    assert "BadFile" in outcomes
    assert outcomes <= {"BadFile", "scored"}


def outcome(content: bytes) -> str:
    try:
        scored(opened(content))
    except BadFile:
        return "BadFile"
    return "scored"


def test_rows_that_take_no_room_in_the_file_are_not_all_read_at_once():
    zeros = pa.array(np.zeros(8_000_000, "f4"))
    content = parquet({"a": zeros, "b": zeros}, rows=len(zeros))
    assert len(content) < 100_000
    table, before = opened(content), pa.total_allocated_bytes()
    held = [pa.total_allocated_bytes() - before for _ in table.blocks()]
    assert max(held) < zeros.nbytes
