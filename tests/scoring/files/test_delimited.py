"""CSV as people have it, read for a model."""

import csv
import gzip
import io
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import BadFile
from tests.scoring.files.opened import opened, scored

ROWS = b"id,a,b\nx,1,2\ny,3,4\n"
SCORED = [{"id": "x", "prediction": 21.0}, {"id": "y", "prediction": 43.0}]


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        ROWS.rstrip(),
        ROWS.replace(b"\n", b"\r\n"),
        ROWS.replace(b"\n", b"\r\r\n"),
        ROWS.replace(b",", b";"),
        ROWS.replace(b",", b"\t"),
        ROWS.replace(b",", b"|"),
        b"\xef\xbb\xbf" + ROWS,
        b"\r\n\n" + ROWS.replace(b"\n", b"\n\n"),
        b"b,id,a\n2,x,1\n4,y,3",
        b'"id","a","b"\n"x","1","2"\n"y"," 3 ","4"\n',
        gzip.compress(ROWS, mtime=0),
        gzip.compress(b"\xef\xbb\xbf" + ROWS, mtime=0),
    ],
    ids=[
        "as usual",
        "no last newline",
        "CRLF",
        "CR before CRLF",
        "semicolons",
        "tabs",
        "bars",
        "byte order mark",
        "empty lines",
        "other order",
        "all quoted",
        "packed",
        "packed with a mark",
    ],
)
def test_same_rows_are_read_however_they_are_written(content: bytes):
    assert scored(opened(content)) == (SCORED, [])


def test_kept_columns_are_the_text_that_stands_there():
    content = b'id,a,b,note\n007,1,2,NA\n"1,5",1,2,"say ""hi"""\n ,1,2,\n'
    rows, _ = scored(opened(content))
    assert [row["id"] for row in rows] == ["007", "1,5", " "]
    assert [row["note"] for row in rows] == ["NA", 'say "hi"', ""]


def test_separator_within_quotes_in_the_header_is_none():
    rows, _ = scored(opened(b'"1,2,3\n,4,5";a;b\n0;1;2\n'))
    assert rows == [{"1,2,3\n,4,5": "0", "prediction": 21.0}]


def test_column_of_the_model_can_be_kept_as_it_stands():
    rows, rejects = scored(opened(b"a,b\n1.50,2\nx,3\n", keep=["a"]))
    assert rows == [{"a": "1.50", "prediction": 21.5}]
    assert rejects == [(1, "a", "expected a number, found the text 'x'")]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        (b"x,one,2", "a", "expected a number, found the text 'one'"),
        (b'x,1,"2,5"', "b", "expected a number, found the text '2,5'"),
        (b"x,0x10,2", "a", "expected a number, found the text '0x10'"),
        (b"x,,2", "a", "the number is missing"),
        (b"x,1,NA", "b", "the number is missing"),
        (b"x,1,nan", "b", "the number is missing"),
        (b"x,1,-inf", "b", "the number is infinite"),
        (b"x,1e39,2", "a", "the number 1e+39 does not fit float32"),
        (b"x,1", None, "has 2 fields; the header has 3"),
        (b"x,1,2,3", None, "has 4 fields; the header has 3"),
    ],
)
def test_bad_row_is_rejected_and_no_other(row: bytes, field: str | None, reason: str):
    rows, rejects = scored(opened(b"id,a,b\nx,1,2\n" + row + b"\ny,3,4\n"))
    assert rows == SCORED
    assert rejects == [(1, field, reason)]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b"\n\n", "blank lines"),
        (b"id,a\nx,1\n", "has no column `b`; it has `id` and `a`"),
        (b"a,b,a\n1,2,3\n", "has 2 columns of the name `a`"),
        ("größe,a,b\n1,2,3\n".encode("latin-1"), "is not UTF-8"),
        ("id,a,b\ngroß,2,3\n".encode("latin-1"), "is not UTF-8"),
        ("id,a,b\n1,2,3\n".encode("utf-16"), "is UTF-16 text"),
        (b'id,a,b\nx,1,2\n"y,3,4\nz,5,6\n', "has a quotation mark that is not closed"),
        (gzip.compress(ROWS, mtime=0)[:-9], "is cut short: its packed data has no end"),
        (ROWS.replace(b"\n", b"\r"), "has a header that ends in CR alone"),
        (ROWS.replace(b"\n", b"\r", 1), "has a header that ends in CR alone"),
        (b"x" * 200_000 + ROWS, "has a header that cannot be read: field larger than"),
    ],
)
def test_bad_file_is_named_with_the_cause(content: bytes, cause: str):
    with pytest.raises(BadFile) as refused:
        scored(opened(content, "rows.csv"))
    assert str(refused.value).startswith("rows.csv ")
    assert cause in str(refused.value)


@pytest.mark.parametrize("first", [b"", b"x,bad,0\n"], ids=["sound block", "block with text"])
@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"1e3", 1000.0),
        (b"+1.5E-1", 0.15),
        (b"-.5", -0.5),
        (b"5.", 5.0),
        (b"0.12345678901234567", 0.12345678901234567),
        (b"\t 7 ", 7.0),
        (b"-0.0", 0.0),
    ],
)
def test_number_is_the_same_whatever_stands_in_other_rows(first: bytes, text: bytes, number: float):
    rows, _ = scored(opened(b"id,a,b\n" + first + b"y," + text + b",0\n"))
    assert rows == [{"id": "y", "prediction": pytest.approx(number)}]


def test_unknown_column_to_keep_is_named():
    with pytest.raises(BadFile, match="has no column `c`; it has `id`, `a` and `b`"):
        opened(ROWS, keep=["id", "c"])


texts = st.text(st.sampled_from('ab",\n\r;é \x85'), max_size=8)
numbers = st.one_of(st.integers(-99, 99).map(str), st.sampled_from(["", "x", 'q"', "1e3", "7\n8"]))
tables = st.lists(st.tuples(texts, numbers, numbers), max_size=12)


def written(rows: Sequence[tuple[str, ...]], *, quoting: Literal[0, 1], end: str) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator=end, quoting=quoting)
    writer.writerows([("id", "a", "b"), *rows])
    return file.getvalue().encode()


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@settings(deadline=None)
@given(
    tables,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([0, 1]),
    st.integers(1, 60),
    st.booleans(),
)
def test_cut_anywhere_the_rows_are_those_that_python_reads(
    rows: list[tuple[str, str, str]], end: str, quoting: Literal[0, 1], most: int, ends: bool
):
    content = written(rows, quoting=quoting, end=end)
    if not ends:
        content = content.removesuffix(end.encode())
    expected = [one for one in csv.reader(io.StringIO(content.decode(), newline="")) if one][1:]
    good = [one for one in expected if len(one) == 3 and all(map(is_number, one[1:]))]
    table = opened(content)
    pieces = table.cut(most)
    found, rejects = scored(table, *pieces)
    assert [one["id"] for one in found] == [one[0] for one in good]
    assert [one["prediction"] for one in found] == [float(a) + 10 * float(b) for _, a, b in good]
    assert [one[0] for one in rejects] == [at for at, one in enumerate(expected) if one not in good]
    assert (pieces[0].start, pieces[-1].stop) == (0, len(content))
    assert scored(table) == (found, rejects)
