"""Pieces become predictions: no row is lost, and the same piece gives the same bytes."""

import csv
import gzip
import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.batch import rejects
from scoring.batch.answers import Answers
from scoring.batch.run import Counts, ScoredPiece, output_schema, score_into, score_piece
from scoring.batch.writing.formats import OutputFormat, format_of
from scoring.batch.writing.opening import writer
from scoring.errors import BadFile, Unsuitable
from scoring.files.opening import open_table
from tests.scoring.files.opened import A_AND_B, opened, source
from tests.scoring.models import classifier, loaded

FORMATS: list[OutputFormat] = [
    "parquet",
    "csv",
    "csv.gz",
    "csv.zst",
    "jsonl",
    "jsonl.gz",
    "jsonl.zst",
]
CSV = b'id,a,b\nx,1,2\ny,,4\n"z,\n",5,6\n'


def piece_of(content: bytes, form: OutputFormat = "jsonl", workers: int = 1) -> ScoredPiece:
    table = opened(content)
    (piece,) = table.cut(1 << 30)
    return score_piece(table, piece, Answers(A_AND_B, probabilities=False), form, workers)


def rows_of(output: bytes, form: OutputFormat) -> list[dict[str, Any]]:
    """What other readers than ours find."""
    shape, _, packing = form.partition(".")
    if shape == "parquet":
        found: list[dict[str, Any]] = pq.read_table(io.BytesIO(output)).to_pylist()
        return found
    if packing == "gz":
        output = gzip.decompress(output)
    elif packing == "zst":
        output = pa.CompressedInputStream(io.BytesIO(output), "zstd").read()
    if shape == "jsonl":
        return list(map(json.loads, output.splitlines()))
    lines = csv.DictReader(io.StringIO(output.decode(), newline=""))
    return [{**row, "prediction": float(row["prediction"])} for row in lines]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_the_kept_columns_and_the_prediction(form: OutputFormat):
    done = piece_of(CSV, form)
    assert rows_of(done.output, form) == [
        {"id": "x", "prediction": 21.0},
        {"id": "z,\n", "prediction": 65.0},
    ]
    assert done.counts == Counts(rows=3, scored=2, rejected=1)
    assert list(map(json.loads, done.rejects.splitlines())) == [
        {"row": 2, "field": "a", "reason": "the number is missing"}
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_piece_without_rows_has_the_same_columns(form: OutputFormat):
    done = piece_of(b"id,a,b\n", form)
    assert rows_of(done.output, form) == []
    assert done.counts == Counts(rows=0, scored=0, rejected=0)
    if form == "parquet":
        schema = pq.read_schema(io.BytesIO(done.output))
        assert schema == pa.schema([("id", pa.string()), ("prediction", pa.float32())])


@pytest.mark.parametrize("form", FORMATS)
def test_same_piece_gives_the_same_bytes_however_many_workers(form: OutputFormat):
    column = pa.array(np.arange(140_000) % 7)
    file = io.BytesIO()
    pq.write_table(pa.table({"id": column.cast(pa.string()), "a": column, "b": column}), file)
    one, other = piece_of(file.getvalue(), form), piece_of(file.getvalue(), form, workers=3)
    assert one == other


def test_probabilities_stand_beside_the_prediction_when_asked_for():
    model = loaded(classifier(["no", "yes"], columns=["a", "b"]))
    table = open_table(source(b"a,b\n0,0\n9,0\n"), model.signature)
    (piece,) = table.cut(100)
    done = score_piece(table, piece, Answers(model, probabilities=True), "jsonl")
    first, second = rows_of(done.output, "jsonl")
    assert first == {"prediction": "no", "probability.no": 0.5, "probability.yes": 0.5}
    assert second["probability.no"] == pytest.approx(0.9998766)


def test_probabilities_of_a_model_that_has_none_are_refused():
    with pytest.raises(Unsuitable, match="gives no probabilities"):
        Answers(A_AND_B, probabilities=True)


def test_column_of_the_name_of_an_answer_is_not_kept():
    table = opened(b"prediction,a,b\n1,2,3\n", "rows.csv")
    with pytest.raises(BadFile, match=r"rows\.csv has a column `prediction` itself"):
        output_schema(table, Answers(A_AND_B, probabilities=False), "jsonl")


def parquet(kept: pa.Array) -> bytes:
    output = io.BytesIO()
    pq.write_table(pa.table({"a": [1.0], "b": [2.0], "id": kept}), output)
    return output.getvalue()


@pytest.mark.parametrize(
    "kept",
    [
        pa.array([[1]]),
        pa.array([{"x": 1}]),
        pa.array([b"\xff"]),
        pa.array(["x"]).cast(pa.string_view()),
        pa.array([b"0" * 16], pa.uuid()),
    ],
    ids=["list", "struct", "bytes", "view", "extension"],
)
def test_column_that_csv_has_no_place_for_is_named(kept: pa.Array):
    with pytest.raises(BadFile, match="in its column `id`, for which CSV has no place"):
        piece_of(parquet(kept), "csv")
    assert piece_of(parquet(kept), "jsonl").counts.scored == 1


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        (pa.array([1], pa.timestamp("ns")), "1970-01-01T00:00:00.000000001"),
        (pa.array([0], pa.timestamp("ns", "Europe/Berlin")), "1970-01-01T00:00:00.000000000Z"),
        (pa.array([10**12], pa.timestamp("us")), "1970-01-12T13:46:40.000000"),
        (pa.array([2**40], pa.timestamp("ms")), "2004-11-03T19:53:47.776"),
        (pa.array([10], pa.date32()), "1970-01-11"),
        (pa.array([5], pa.time64("ns")), "00:00:00.000000005"),
        (pa.array([5], pa.duration("ns")), "0 days 00:00:00.000000005"),
    ],
    ids=["nanoseconds", "zone", "microseconds", "later", "date", "time", "duration"],
)
def test_times_are_written_as_json_text(kept: pa.Array, text: str):
    (row,) = rows_of(piece_of(parquet(kept)).output, "jsonl")
    assert row["id"] == text


def test_value_without_a_place_in_the_output_is_said_with_the_file():
    years = pa.array([[10**12]], pa.list_(pa.timestamp("s")))
    with pytest.raises(BadFile, match="rows has a value that the output has no place for: "):
        piece_of(parquet(years))


def test_float_of_32_bits_is_written_as_short_as_it_is():
    content = b"a,b\n0.1,0\n"
    (row,) = rows_of(piece_of(content).output, "jsonl")
    assert row == {"prediction": 0.1}


def test_progress_tells_the_share_and_the_rows():
    content = b"a,b\n" + b"1,2\n" * 2_000_000
    told: list[tuple[float, int]] = []
    table = opened(content)
    answers = Answers(A_AND_B, probabilities=False)
    with writer(io.BytesIO(), "parquet", output_schema(table, answers, "parquet")) as output:
        score_into(
            output,
            io.BytesIO(),
            table,
            answers,
            workers=2,
            progress=lambda share, rows: told.append((share, rows)),
        )
    assert told == sorted(told)
    assert told[-1] == (1.0, 2_000_000)
    assert len(told) > 1


def test_rejects_of_a_piece_are_numbered_in_its_file():
    done = piece_of(CSV)
    (line,) = rejects.numbered(done.rejects, "day.csv", before=1000).splitlines()
    expected = {"file": "day.csv", "row": 1002, "field": "a", "reason": "the number is missing"}
    assert json.loads(line) == expected


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("scores.parquet", "parquet"),
        ("a.b/Scores.CSV", "csv"),
        ("scores.csv.gz", "csv.gz"),
        ("scores.jsonl.zst", "jsonl.zst"),
        ("scores.txt", None),
        ("csv", None),
    ],
)
def test_format_is_that_of_the_name(name: str, form: str | None):
    assert format_of(name) == form


cells = st.one_of(st.none(), st.floats(width=32), st.sampled_from([1e39, float("inf")]))


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=40), st.integers(1, 9), st.integers(1, 3))
def test_rows_in_are_rows_out_and_rejects(rows: list[Any], group: int, workers: int):
    columns = dict(zip(("a", "b"), map(list, zip(*rows, strict=True)), strict=False))
    columns = {name: pa.array(columns.get(name, []), pa.float64()) for name in ("a", "b")}
    file = io.BytesIO()
    pq.write_table(pa.table({"id": range(len(rows)), **columns}), file, group)
    table = opened(file.getvalue())
    parts = [
        score_piece(table, piece, Answers(A_AND_B, probabilities=False), "parquet", workers)
        for piece in table.cut(600)
    ]
    kept = [row["id"] for part in parts for row in rows_of(part.output, "parquet")]
    fits = [all(one is not None and abs(one) < 3.5e38 for one in row) for row in rows]
    assert kept == [at for at, fit in enumerate(fits) if fit]
    assert sum(part.counts.rows for part in parts) == len(rows)
    assert sum(part.counts.rejected for part in parts) == fits.count(False)
    assert sum(len(part.rejects.splitlines()) for part in parts) == fits.count(False)
