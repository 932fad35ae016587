"""Windows are compared alike, whatever they come as, and what cannot be compared is said."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from pyarrow import parquet
from scipy import stats

from drift import (
    Comparison,
    NoSuchColumnsError,
    UnreadableError,
    compare_windows,
    dumps,
    profile,
)
from drift.results import Rows

ROWS = 30_000
COLOURS = ("red", "green", "blue", "white")


def _table(seed: int, shift: float) -> pa.Table:
    draw = np.random.default_rng(seed)
    size = draw.normal(shift, size=ROWS)
    colour = [COLOURS[int(n)] for n in np.minimum(3, draw.exponential(1 + shift, ROWS))]
    return pa.table({"size": size, "colour": colour, "grade": draw.integers(0, 50, ROWS)})


def _written(folder: Path, name: str, table: pa.Table) -> Path:
    path = folder / name
    if name.endswith(".parquet"):
        parquet.write_table(table, path)
    elif name.endswith(".csv"):
        pyarrow.csv.write_csv(table, path)
    elif name.endswith(".jsonl"):
        table.to_pandas().to_json(path, orient="records", lines=True, double_precision=15)
    else:
        parquet.write_table(table, path)
        path.write_bytes(dumps(profile(path)))
    return path


def _value(found: Comparison, column: str, statistic: str) -> float:
    (compared,) = [one for one in found.compared if one.name == column]
    value = compared.statistics[statistic].value
    assert value is not None
    return value


@pytest.mark.parametrize("reference", ["a.parquet", "a.csv", "a.jsonl"])
@pytest.mark.parametrize("current", ["b.parquet", "b.csv", "b.jsonl"])
def test_files_of_any_format_are_compared_exactly(tmp_path: Path, reference: str, current: str):
    one, other = _table(1, 0.0), _table(2, 0.3)

    found = compare_windows(_written(tmp_path, reference, one), _written(tmp_path, current, other))

    assert found.rows == Rows(reference=ROWS, current=ROWS)
    assert [column.name for column in found.compared] == ["size", "colour", "grade"]
    sizes = one["size"].to_numpy(), other["size"].to_numpy()
    assert _value(found, "size", "ks") == pytest.approx(stats.ks_2samp(*sizes).statistic, abs=1e-12)
    distance = stats.wasserstein_distance(*sizes) / np.std(sizes[0])
    assert _value(found, "size", "wasserstein") == pytest.approx(distance, rel=1e-9)
    shares = [
        [table["colour"].to_pylist().count(colour) / ROWS for colour in COLOURS]
        for table in (one, other)
    ]
    variation = np.abs(np.array(shares[0]) - np.array(shares[1])).sum() / 2
    assert _value(found, "colour", "total_variation") == pytest.approx(variation, abs=1e-12)


@pytest.mark.parametrize(
    ("reference", "current"),
    [("a.profile", "b.parquet"), ("a.csv", "b.profile"), ("a.profile", "b.profile")],
)
def test_profiles_stand_for_files_within_their_error(tmp_path: Path, reference: str, current: str):
    one, other = _table(1, 0.0), _table(2, 0.3)

    found = compare_windows(_written(tmp_path, reference, one), _written(tmp_path, current, other))

    (size,) = [column for column in found.compared if column.name == "size"]
    exact = stats.ks_2samp(one["size"].to_numpy(), other["size"].to_numpy()).statistic
    ks = size.statistics["ks"]
    assert ks.value == pytest.approx(exact, abs=ks.error)
    assert 0 < ks.error < 5e-4


def test_open_files_and_profiles_in_memory_are_compared(tmp_path: Path):
    path = _written(tmp_path, "a.parquet", _table(1, 0.0))

    found = compare_windows(profile(path), io.BytesIO(path.read_bytes()))

    assert _value(found, "colour", "psi") == 0.0


def test_columns_of_one_window_alone_are_told(tmp_path: Path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_bytes(b"a,b\n1,2\n")
    other.write_bytes(b"b,c\n1,2\n")

    found = compare_windows(one, other)

    assert [column.name for column in found.compared] == ["b"]
    assert (found.missing, found.extra) == (("a",), ("c",))


def test_only_the_columns_asked_for_are_compared(tmp_path: Path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_bytes(b"a,b,c\n1,2,3\n")
    other.write_bytes(b"a,d\n1,2\n")

    found = compare_windows(one, other, columns=["c", "a"])

    assert [column.name for column in found.compared] == ["a"]
    assert (found.missing, found.extra) == (("c",), ())


def test_column_asked_for_that_the_reference_lacks_is_named(tmp_path: Path):
    path = tmp_path / "one.csv"
    path.write_bytes(b"a,b\n1,2\n")

    with pytest.raises(NoSuchColumnsError, match=r"one\.csv has no column `d`; it has `a` and `b`"):
        compare_windows(path, path, columns=["d"])


@pytest.mark.parametrize("which", ["reference", "current"])
def test_nested_column_is_a_problem_of_its_window(tmp_path: Path, which: str):
    flat = _written(tmp_path, "flat.parquet", pa.table({"a": pa.nulls(1), "b": [1]}))
    nested = _written(tmp_path, "nested.parquet", pa.table({"a": [[1]], "b": [1]}))
    windows = (nested, flat) if which == "reference" else (flat, nested)

    first, second = compare_windows(*windows).compared

    assert first.problem is not None
    assert "holds nested values of type list" in first.problem
    assert which in first.problem
    assert second.problem is None


def test_kinds_of_the_only_profile_govern(tmp_path: Path):
    current = profile(io.BytesIO(b"code\nx\ny\n"))
    reference = tmp_path / "reference.csv"
    reference.write_bytes(b"code\n1\n2\n")

    (column,) = compare_windows(reference, current).compared

    assert column.kind == "categorical"
    assert column.reference.invalid == 0


def test_text_among_numbers_is_a_violation_of_the_type(tmp_path: Path):
    reference, current = tmp_path / "reference.csv", tmp_path / "current.csv"
    reference.write_bytes(b"n\n" + b"1\n2\n" * 50)
    current.write_bytes(b"n\n" + b"1\nx\n" * 50)

    (column,) = compare_windows(reference, current).compared

    assert column.kind == "numeric"
    assert column.current.invalid == 0.5


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b"\x89DRIFT\r\n\x81\xa6schema\x09", "is a profile of version 9"),
        (b"PAR1 and then nothing", "cannot be read as Parquet"),
    ],
    ids=["nothing", "a newer profile", "cut short"],
)
@pytest.mark.parametrize("which", ["reference", "current"])
def test_window_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes, cause: str, which: str
):
    good, bad = tmp_path / "good.csv", tmp_path / "bad"
    good.write_bytes(b"a\n1\n")
    bad.write_bytes(content)
    windows = (bad, good) if which == "reference" else (good, bad)

    with pytest.raises(UnreadableError, match=cause) as refused:
        compare_windows(*windows)

    assert refused.value.name == str(bad)


def test_more_rows_than_are_kept_are_compared_by_profiles(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    rows = 2**20 + 1
    table = pa.table({"n": np.random.default_rng(7).normal(size=rows)})
    parquet.write_table(table, path)
    other = _written(tmp_path, "other.parquet", pa.table({"n": np.arange(1000) / 500 - 1}))

    (column,) = compare_windows(path, other).compared

    ks = column.statistics["ks"]
    exact = stats.ks_2samp(table["n"].to_numpy(), np.arange(1000) / 500 - 1).statistic
    assert ks.value == pytest.approx(exact, abs=ks.error)
    assert 0 < ks.error < 5e-4


def test_text_of_more_lines_than_are_kept_is_compared_by_profiles(tmp_path: Path):
    path = tmp_path / "rows.csv"
    numbers = np.tile(np.arange(100_000), 11)
    path.write_text("n\n" + "\n".join(map(str, numbers)) + "\n")

    (column,) = compare_windows(path, path).compared

    assert column.statistics["ks"].error > 0


def test_progress_of_reading_and_comparing_ascends_to_the_end(tmp_path: Path):
    one = _written(tmp_path, "a.csv", _table(1, 0.0))
    other = _written(tmp_path, "b.jsonl", _table(2, 0.0))
    told = list[float]()

    compare_windows(one, other, progress=told.append)

    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == 1.0
