"""Tables in files: what is read is what was written, in every format, typed and packed."""

import bz2
import gzip
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from drift import UnreadableError, profile
from drift.columns import Categorical, Empty, Numeric

CSV = b"size,colour\n1.5,red\n,blue\n3,red\nNaN,\n"
LINES = (
    b'{"size":1.5,"colour":"red"}\n{"colour":"blue"}\n{"size":3,"colour":"red"}\n{"size":null}\n'
)


def _parquet() -> bytes:
    file = io.BytesIO()
    table = pa.table(
        {"size": [1.5, None, 3.0, float("nan")], "colour": ["red", "blue", "red", None]}
    )
    parquet.write_table(table, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.parquet", _parquet()),
        ("rows.csv", CSV),
        ("rows.csv", CSV.replace(b",", b";")),
        ("rows.tsv", CSV.replace(b",", b"\t")),
        ("rows.csv", CSV.replace(b"\n", b"\r\n")),
        ("rows.csv", b"\xef\xbb\xbf" + CSV),
        ("rows.csv.gz", gzip.compress(CSV)),
        ("rows.csv.bz2", bz2.compress(CSV)),
        ("rows.csv.zst", pa.compress(CSV, "zstd", asbytes=True)),
        ("rows.jsonl", LINES),
        ("rows.jsonl", b"\xef\xbb\xbf" + LINES.rstrip()),
        ("rows.jsonl.gz", gzip.compress(LINES)),
        ("rows.dat", _parquet()),
        ("rows.csv", LINES),
    ],
    ids=[
        "Parquet",
        "CSV",
        "CSV with semicolons",
        "tabs",
        "CSV of Windows",
        "CSV with a byte order mark",
        "CSV in gzip",
        "CSV in bzip2",
        "CSV in Zstandard",
        "JSON lines",
        "JSON lines with a byte order mark and no last newline",
        "JSON lines in gzip",
        "Parquet by another name",
        "JSON lines that are called CSV",
    ],
)
def test_same_rows_are_read_from_every_format(tmp_path: Path, name: str, content: bytes):
    path = tmp_path / name
    path.write_bytes(content)

    found = profile(path)

    size, colour = found.by_name["size"], found.by_name["colour"]
    assert found.rows == 4
    assert isinstance(size, Numeric)
    assert (size.values.tolist(), size.missing, size.invalid) == ([1.5, 3.0], 2, 0)
    assert isinstance(colour, Categorical)
    assert (colour.items, colour.missing) == ({"red": 2, "blue": 1}, 1)


@pytest.mark.parametrize("content", [_parquet(), CSV, LINES], ids=["Parquet", "CSV", "JSON lines"])
def test_open_file_is_read_from_its_start_and_left_open(content: bytes):
    file = io.BytesIO(content)
    file.seek(7)

    first, second = profile(file), profile(file)

    assert first.rows == second.rows == 4
    assert not file.closed


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("rows.csv", b"", "is empty"),
        ("rows.csv", b"\n \n", "holds nothing but blank lines"),
        ("rows.parquet", b"a,b\n1,2\n", "is no Parquet file, or cut short"),
        ("rows.parquet", _parquet()[:-9], "cannot be read as Parquet; it may be cut short"),
        ("rows.csv", b"PK\x03\x04....", "is a ZIP archive or a workbook"),
        ("rows.csv", "größe\n1\n".encode("utf-16"), "is UTF-16 text"),
        ("rows.csv", b"a,b\n1,2\n3\n", "has 1 fields in row 3, and 2 in its first"),
        ("rows.csv", b"a,a\n1,2\n", "has 2 columns of the name `a`"),
        ("rows.csv", "a\ngrün\n".encode("latin-1"), "is not UTF-8"),
        ("rows.csv", b"a\n\x00\x01\n", "holds bytes that are no text"),
        ("rows.csv.gz", gzip.compress(CSV * 1000)[:-20], "cut short"),
        (
            "rows.csv",
            b'a,b\n1,2\n1,"2' + b"\n1,2" * 600_000,
            "has a row of more than 1 MiB, or a quotation mark that is not closed",
        ),
        ("rows.jsonl", b'{"a":1}\n{"a":', "line 2 is no JSON object, or is cut short"),
        ("rows.jsonl", b'{"a":1}\n[2]\n', "line 2 is no JSON object"),
        # Two MiB are read at once: the second time `null` is what they begin with.
        ("rows.jsonl", b'{"a":1}'.ljust((1 << 21) - 1) + b"\nnull\n", "line 2 is no JSON object"),
        ("rows.json", b'[{"a":1}]', "is not JSON lines"),
        ("rows.jsonl", '{"a":"grün"}\n'.encode("latin-1"), "is not UTF-8"),
    ],
    ids=[
        "nothing",
        "blank lines",
        "CSV that is called Parquet",
        "Parquet cut short",
        "workbook",
        "UTF-16",
        "short row",
        "two columns of a name",
        "CSV in Latin-1",
        "binary",
        "gzip cut short",
        "open quotation mark",
        "JSON lines cut short",
        "a list among objects",
        "null at the start of a block",
        "one JSON list",
        "JSON lines in Latin-1",
    ],
)
def test_unreadable_file_is_named_with_the_cause(
    tmp_path: Path, name: str, content: bytes, cause: str
):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UnreadableError) as refused:
        profile(path)

    assert str(refused.value).startswith(f"{path} ")
    assert cause in str(refused.value)


@pytest.mark.parametrize(
    ("place", "cause"),
    [("absent.csv", "does not exist"), ("", "is a folder; name a file in it")],
    ids=["no such file", "a folder"],
)
def test_wrong_path_is_named_with_the_cause(tmp_path: Path, place: str, cause: str):
    with pytest.raises(UnreadableError, match=cause):
        profile(tmp_path / place)


def test_parquet_without_columns_is_refused(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({}), path)

    with pytest.raises(UnreadableError, match="has no columns"):
        profile(path)


def test_damaged_column_of_parquet_is_named(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"size": np.arange(10_000.0)}), path, use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[200:5000] = bytes(4800)
    path.write_bytes(content)

    with pytest.raises(UnreadableError, match="as Parquet in its column `size`"):
        profile(path)


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([3, None, 1], pa.int32()), [1.0, 3.0]),
        (pa.array([2**63, 1], pa.uint64()), [1.0, 2.0**63]),
        (pa.array([2**62 + 1, 1], pa.int64()), [1.0, 2.0**62]),
        (pa.array(["1.25", "-3"]).cast(pa.decimal128(5, 2)), [-3.0, 1.25]),
        (pa.array([0.5, 2.0], pa.float16()), [0.5, 2.0]),
        (pa.array([1.0, 2.0, 1.0]).dictionary_encode(), [1.0, 1.0, 2.0]),
        (pa.array([90], pa.duration("s")), [90.0]),
        (pa.array([90_000], pa.time32("ms")), [90.0]),
    ],
    ids=["small", "unsigned", "huge", "decimal", "half", "dictionary", "duration", "time of day"],
)
def test_numbers_of_any_type_are_numeric(tmp_path: Path, array: pa.Array, values: list[float]):
    column = _only(tmp_path, array)

    assert isinstance(column, Numeric)
    assert column.weights is not None
    assert np.repeat(column.values, column.weights).tolist() == values
    assert column.kind == "numeric"


@pytest.mark.parametrize(
    "array",
    [
        pa.array([19_000, 19_001], pa.date32()),
        pa.array([19_000 * 86_400_000, 19_001 * 86_400_000], pa.date64()),
        pa.array([19_000 * 86_400, 19_001 * 86_400], pa.timestamp("s", "Europe/Berlin")),
        pa.array([19_000 * 86_400_000_000, 19_001 * 86_400_000_000], pa.timestamp("us")),
        pa.array([19_000 * 86_400 * 10**9, 19_001 * 86_400 * 10**9], pa.timestamp("ns")),
    ],
    ids=["days", "milliseconds", "with a time zone", "microseconds", "nanoseconds"],
)
def test_dates_are_seconds_since_1970(tmp_path: Path, array: pa.Array):
    column = _only(tmp_path, array)

    assert isinstance(column, Numeric)
    assert column.kind == "date"
    assert column.values.tolist() == [1_641_600_000.0, 1_641_686_400.0]


@pytest.mark.parametrize(
    "content",
    [
        b"t\n2022-01-08\n2022-01-09T00:00:00Z\n2022-01-08T02:00:00+02:00\n",
        b'{"t":"2022-01-08"}\n{"t":"2022-01-09 00:00:00"}\n{"t":"2022-01-08T00:00:00"}\n',
    ],
    ids=["CSV", "JSON lines"],
)
def test_dates_are_found_in_text(content: bytes):
    column = profile(io.BytesIO(content)).by_name["t"]

    assert isinstance(column, Numeric)
    assert column.kind == "date"
    assert column.values.tolist() == [1_641_600_000.0, 1_641_686_400.0]
    assert column.weights is not None
    assert column.weights.tolist() == [2, 1]


@pytest.mark.parametrize(
    "content",
    [b"ok\ntrue\nFalse\n\nTRUE\n", b'{"ok":true}\n{"ok":false}\n{"ok":null}\n{"ok":true}\n'],
    ids=["CSV", "JSON lines"],
)
def test_truth_values_are_boolean(content: bytes):
    column = profile(io.BytesIO(content)).by_name["ok"]

    assert isinstance(column, Categorical)
    assert (column.kind, column.items) == ("boolean", {"true": 2, "false": 1})


def test_truth_values_of_parquet_are_boolean(tmp_path: Path):
    column = _only(tmp_path, pa.array([True, None, False, True]))

    assert isinstance(column, Categorical)
    assert (column.kind, column.items) == ("boolean", {"true": 2, "false": 1})
    assert column.missing == 1


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())],
)
def test_text_of_any_type_is_categorical(tmp_path: Path, kind: pa.DataType):
    column = _only(tmp_path, pa.array(["b", None, "a", "b"], pa.string()).cast(kind))

    assert isinstance(column, Categorical)
    assert (column.items, column.missing) == ({"b": 2, "a": 1}, 1)


def test_nested_column_is_a_problem_and_the_others_go_on(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    parquet.write_table(
        pa.table({"tags": [["a"], []], "place": [{"x": 1}, None], "n": [1, 2]}), path
    )

    found = profile(path)

    assert list(found.by_name) == ["n"]
    assert found.problems["tags"].startswith("holds nested values of type list")
    assert found.problems["place"].startswith("holds nested values of type struct")


def test_column_of_nothing_is_empty_only_without_a_type(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"a": pa.nulls(2), "b": pa.nulls(2, pa.int64())}), path)

    columns = profile(path).by_name

    assert columns["a"] == Empty(name="a", rows=2)
    assert isinstance(columns["b"], Numeric)
    assert columns["b"].missing == 2


def test_table_without_rows_has_its_columns():
    found = profile(io.BytesIO(b"a,b\n"))

    assert (found.rows, list(found.by_name)) == (0, ["a", "b"])


def test_values_of_a_column_that_changes_its_type_are_counted_invalid(tmp_path: Path):
    path = tmp_path / "rows.csv"
    rows = 600_000  # Several batches; the odd one stands in the last.
    path.write_text("n,text\n" + "17,word\n" * rows + "none of it,3\n")

    columns = profile(path).by_name

    number, text = columns["n"], columns["text"]
    assert isinstance(number, Numeric)
    assert (number.finite, number.invalid) == (rows, 1)
    assert isinstance(text, Categorical)
    assert text.items == {"word": rows, "3": 1}


def test_values_of_mixed_json_lines_are_counted_invalid():
    lines = [
        {"a": 1},
        {"a": "x"},
        {"a": 2, "b": "y"},
        {"a": True},
        {"a": [1]},
        {"b": 3},
        {"b": "z"},
    ]
    content = "\n".join(map(json.dumps, lines)).encode()

    columns = profile(io.BytesIO(content)).by_name

    number, text = columns["a"], columns["b"]
    assert isinstance(number, Numeric)
    assert (number.values.tolist(), number.missing, number.invalid) == ([1.0, 2.0], 2, 3)
    assert isinstance(text, Categorical)
    assert (text.items, text.missing, text.invalid) == ({"y": 1, "z": 1}, 4, 1)


def test_quoted_fields_may_hold_newlines_and_separators():
    column = profile(io.BytesIO(b'a,b\n"one, two\nthree",1\nfour,2\n')).by_name["a"]

    assert isinstance(column, Categorical)
    assert column.items == {"four": 1, "one, two\nthree": 1}


def test_infinite_numbers_are_counted_apart():
    column = profile(io.BytesIO(b"a\n1\ninf\n-inf\n1e999\n")).by_name["a"]

    assert isinstance(column, Numeric)
    assert (column.values.tolist(), column.infinite) == ([1.0], 3)


def _only(tmp_path: Path, array: pa.Array) -> object:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"x": array}), path)
    return profile(path).by_name["x"]
