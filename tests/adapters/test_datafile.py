"""A file of training data is believed to be one when its own footer says so."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.datafile import problem


def parquet(rows: int) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(rows)), "b": ["x" * 50] * rows}), file)
    return file.getvalue()


def problem_of(content: bytes, path: str = "data/a.parquet") -> str | None:
    return problem(path, len(content), lambda span: content[span.start : span.stop])


@pytest.mark.parametrize("rows", [1, 100, 50_000])
def test_whole_file_is_fit(rows: int):
    assert problem_of(parquet(rows)) is None


def test_one_read_is_enough_for_an_ordinary_file():
    content, spans = parquet(100), []

    def read(span: range) -> bytes:
        spans.append(span)
        return content[span.start : span.stop]

    assert problem("a.parquet", len(content), read) is None
    assert len(spans) == 1


def test_file_that_was_cut_short_says_so():
    content = parquet(100)[:-200]
    found = problem_of(content)
    assert found == (
        f"the Parquet file is cut short: its {len(content):,} bytes do not end with PAR1"
    )


def test_footer_that_lies_cannot_be_read():
    content = bytearray(parquet(100))
    content[-60:-8] = b"\xff" * 52
    found = problem_of(bytes(content))
    assert found is not None
    assert found.startswith("the Parquet file's footer cannot be read: ")


def test_footer_too_large_to_be_held_is_not_read():
    claimed = (2**31).to_bytes(4, "little") + b"PAR1"

    def read(span: range) -> bytes:
        assert len(span) <= 65_536
        return bytes(len(span) - 8) + claimed

    found = problem("a.parquet", 2**32, read)
    assert found == "the Parquet file's footer has 2,147,483,648 bytes; 67,108,864 are the most"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"PAR1", "the Parquet file is cut short: its 4 bytes do not end with PAR1"),
        (parquet(0), "the Parquet file has no rows"),
    ],
)
def test_file_without_rows_is_told(content: bytes, reason: str):
    assert problem_of(content) == reason


def test_other_formats_are_read_when_they_are_trained_on():
    assert problem_of(b"a,b\n1,2\n", "data/a.csv") is None


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_whatever_crash_the_examination(content: bytes, ends: bool):
    problem_of(content + (b"PAR1" if ends else b""))
