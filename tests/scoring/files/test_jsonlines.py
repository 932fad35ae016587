"""JSON lines as people have them, read for a model."""

import gzip
import json
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import BadFile
from tests.scoring.files.opened import opened, scored

ROWS = b'{"id": 7, "a": 1, "b": 2}\n{"a": 3.0, "b": 4, "id": 8}\n'
SCORED = [{"id": 7, "prediction": 21.0}, {"id": 8, "prediction": 43.0}]


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        ROWS.rstrip(),
        ROWS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + ROWS,
        b"\n" + ROWS.replace(b"\n", b"\n \n\n"),
        gzip.compress(ROWS, mtime=0),
    ],
    ids=["as usual", "no last newline", "CRLF", "byte order mark", "empty lines", "packed"],
)
def test_same_rows_are_read_however_they_are_written(content: bytes):
    assert scored(opened(content)) == (SCORED, [])


@pytest.mark.parametrize(
    ("values", "kind", "kept"),
    [
        ([1, None, 2**40], pa.int64(), [1, None, 2**40]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        (["a", "17"], pa.string(), ["a", "17"]),
        ([True, False], pa.bool_(), [True, False]),
        ([1, "a", None, [2, {"b": None}]], pa.string(), ["1", "a", None, '[2,{"b":null}]']),
        ([None], pa.string(), [None]),
        ([7, 2**64 - 1], pa.string(), ["7", str(2**64 - 1)]),
    ],
    ids=["whole numbers", "numbers", "text", "truth values", "mixed", "nothing", "huge"],
)
def test_kept_columns_have_the_type_of_their_values(
    values: list[object], kind: pa.DataType, kept: list[object]
):
    content = "\n".join(json.dumps({"id": one, "a": 1, "b": 2}) for one in values).encode()
    table = opened(content)
    assert table.kept == pa.schema([("id", kind)])
    assert [row["id"] for row in scored(table)[0]] == kept


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        (b'{"id":7,"a":"1","b":2}', "a", 'expected a number, found "1"'),
        (b'{"id":7,"a":1,"b":true}', "b", "expected a number, found true"),
        (b'{"id":7,"b":2}', "a", "the number is missing"),
        (b'{"id":7,"a":1,"b":null}', "b", "the number is missing"),
        (b'{"id":7,"a":1e39,"b":2}', "a", "the number 1e+39 does not fit float32"),
        (b'{"id":7,"a":NaN,"b":2}', None, "is no JSON object: JSON is malformed"),
        (b'{"id":7,"a":1e999,"b":2}', None, "is no JSON object: Number out of range"),
        (b'{"id":7,"a":1,"b":2', None, "is no JSON object: Input data was truncated"),
        (b'{"id":7,"a":1,"b":2}{"id":7,"a":1,"b":2}', None, "is no JSON object"),
        (b"[7, 1, 2]", None, "is no JSON object"),
        (b"null", None, "is no JSON object"),
        (b'{"x":' + b"[" * sys.getrecursionlimit() * 2, None, "is no JSON object"),
    ],
)
def test_bad_line_is_rejected_and_no_other(row: bytes, field: str | None, reason: str | None):
    first, second = ROWS.splitlines()
    rows, rejects = scored(opened(b"\n".join([first, row, second])))
    assert rows == SCORED
    assert [one[:2] for one in rejects] == [(1, field)]
    assert rejects[0][2].startswith(reason or "")


def test_kept_value_of_another_type_than_the_first_lines_is_rejected():
    content = ROWS * 10_000 + b'{"id":1.5,"a":1,"b":2}'
    rows, rejects = scored(opened(content))
    assert len(rows) == 20_000
    assert rejects == [(20_000, "id", "expected a whole number that fits int64, found 1.5")]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b'[{"a": 1, "b": 2}]', "is not JSON lines"),
        (b'{"a": 1,\n "b": 2}', "none of its first lines is one object"),
        (b'{"id": 1, "a": 2}\n', "has no column `b`; it has `id` and `a`"),
        ('{"id": "größe", "a": 2, "b": 3}'.encode("latin-1"), "is not"),
        (ROWS + b'{"id": "\xff", "a": 2, "b": 3}', "is not UTF-8"),
        (gzip.compress(ROWS, mtime=0)[:-9], "is cut short: its packed data has no end"),
        (b'{"a": 1, "b": 2, "c\\"d": 3}', "name the columns to keep, without it"),
    ],
)
def test_bad_file_is_named_with_the_cause(content: bytes, cause: str):
    with pytest.raises(BadFile) as refused:
        scored(opened(content, "rows.jsonl"))
    assert str(refused.value).startswith("rows.jsonl ")
    assert cause in str(refused.value)


values = st.one_of(st.none(), st.integers(-99, 99), st.text(max_size=3), st.booleans())
lines = st.one_of(
    st.fixed_dictionaries({}, optional={"id": values, "a": values, "b": values}).map(json.dumps),
    st.sampled_from(["", " ", "null", "[1]", "{", '{"a":1}{"b":2}', '"\\n"']),
)


def is_number(value: object) -> bool:
    return type(value) in {int, float}


@settings(deadline=None)
@given(st.lists(lines, max_size=12), st.sampled_from(["\n", "\r\n"]), st.integers(1, 60))
def test_cut_anywhere_the_rows_are_those_that_python_reads(rows: list[str], end: str, most: int):
    first = '{"id": "x", "a": 1, "b": [], "c": 1}'
    content = end.join([first, *rows]).encode()
    good, bad = [], []
    for at, line in enumerate(one for one in [first, *rows] if one.strip()):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        fits = isinstance(row, dict) and is_number(row.get("a")) and is_number(row.get("b"))
        good.append(row) if fits else bad.append(at)
    table = opened(content, keep=["id"])
    found, rejects = scored(table, *table.cut(most))
    assert [one["prediction"] for one in found] == [row["a"] + 10 * row["b"] for row in good]
    assert [one[0] for one in rejects] == bad
    assert scored(table) == (found, rejects)


def test_row_is_rejected_where_no_column_is_kept():
    rows, rejects = scored(opened(b'{"a":1,"b":2}\n{"a":1}\n{"b":1,"a":2}\n'))
    assert rows == [{"prediction": 21.0}, {"prediction": 12.0}]
    assert rejects == [(1, "b", "the number is missing")]
