"""Profiles: their errors are true bounds, parts add up in any order, and kinds are followed."""

import io
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from drift import NoSuchColumnsError, Profile, dumps, merge, profile
from drift.columns import Categorical, Column, Empty, Numbers, Numeric

NUMBERS = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0, 2.0]), max_size=300)
LAWS = settings(max_examples=60, deadline=None)


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


def _profile(**columns: object) -> Profile:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return profile(file)


def _numbers(values: object) -> Profile:
    return _profile(x=pa.array(np.asarray(values, np.float64)))


def _numeric(found: Profile) -> Numeric:
    (column,) = found.columns
    assert isinstance(column, Numeric)
    return column


def _categorical(found: Profile) -> Categorical:
    (column,) = found.columns
    assert isinstance(column, Categorical)
    return column


def _farthest(column: Numeric, values: Numbers) -> float:
    """By how much the ranks of a column are off at most, at and just below any value at all."""
    ordered = np.sort(values)
    places = np.unique(np.concatenate([ordered, column.values]))
    assert column.weights is not None
    sums = np.concatenate([[0], np.cumsum(column.weights)])
    off = [
        sums[np.searchsorted(column.values, places, side)] - np.searchsorted(ordered, places, side)
        for side in _SIDES
    ]
    return float(np.abs(off).max()) / len(ordered)


SHAPES: dict[str, Callable[[np.random.Generator, int], Numbers]] = {
    "normal": lambda draw, n: draw.normal(size=n),
    "wide": lambda draw, n: np.exp(3 * draw.normal(size=n)),
    "half of it one value": lambda draw, n: draw.normal(size=n) * (draw.random(n) < 0.5),
    "heavy values": lambda draw, n: np.floor(draw.pareto(0.7, n) * 1000),
    "ascending": lambda _, n: np.arange(n, dtype=np.float64),
    "first small, then large": lambda draw, n: np.sort(draw.normal(size=n)) ** 3,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", [4_096, 70_000, 900_000])
def test_no_rank_is_farther_off_than_the_error_says(shape: str, rows: int):
    values = SHAPES[shape](np.random.default_rng(rows), rows)

    column = _numeric(_numbers(values))

    assert len(column.values) <= 4_096
    assert _farthest(column, values) <= column.error <= 2e-4


def test_few_different_values_are_kept_exactly():
    values = np.random.default_rng(1).integers(0, 3_000, 800_000) / 8

    column = _numeric(_numbers(values))

    different, counts = np.unique(values, return_counts=True)
    assert column.error == 0
    assert column.values.tolist() == different.tolist()
    assert column.weights is not None
    assert column.weights.tolist() == counts.tolist()


def test_moments_are_those_of_all_rows():
    values = 1e6 + np.random.default_rng(2).normal(size=700_000)

    column = _numeric(_numbers(values))

    assert (column.low, column.high) == (values.min(), values.max())
    assert column.mean == pytest.approx(np.mean(values), rel=1e-14)
    assert column.std == pytest.approx(np.std(values), rel=1e-9)


@pytest.mark.parametrize("values", [[1e308, -1e308, 1e308], [-1.7e308] * 3, [5e-324, 0.0]])
def test_moments_of_extreme_numbers_are_finite(values: list[float]):
    once = _numeric(_numbers(values))
    twice = _numeric(merge(_numbers(values), _numbers(values)))

    for column in (once, twice):
        assert column.mean is not None
        assert column.std is not None
        assert min(values) <= column.mean <= max(values)
        assert 0 <= column.std <= max(map(abs, values))


@LAWS
@given(parts=st.lists(NUMBERS, min_size=1, max_size=5), order=st.randoms(use_true_random=False))
def test_parts_in_any_order_are_the_whole(parts: list[list[float]], order: random.Random):
    everything = np.array([value for part in parts for value in part])
    shuffled = order.sample(parts, len(parts))

    merged = _numeric(merge(*map(_numbers, shuffled)))

    assert merged.rows == merged.finite == len(everything)
    different, counts = np.unique(everything, return_counts=True)
    assert merged.values.tolist() == different.tolist()
    assert merged.weights is not None
    assert merged.weights.tolist() == counts.tolist()
    if len(everything):
        assert merged.mean == pytest.approx(np.mean(everything), abs=1e-6)
        assert merged.std == pytest.approx(np.std(everything), abs=1e-4)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=st.lists(st.integers(0, 60_000), min_size=2, max_size=5),
)
def test_merging_is_associative_and_commutative_within_the_error(seed: int, cuts: list[int]):
    values = np.random.default_rng(seed).normal(size=60_000)
    parts = [_numbers(part) for part in np.split(values, sorted(cuts))]

    leftwards = parts[0]
    for part in parts[1:]:
        leftwards = merge(leftwards, part)
    rightwards = parts[-1]
    for part in parts[-2::-1]:
        rightwards = merge(part, rightwards)

    for merged in (leftwards, rightwards, merge(*parts), merge(*reversed(parts))):
        column = _numeric(merged)
        assert column.finite == len(values)
        assert _farthest(column, values) <= column.error <= len(parts) * 2.6e-4
        assert column.std == pytest.approx(np.std(values), rel=1e-9)


@LAWS
@given(
    parts=st.lists(st.lists(st.sampled_from([*"abcde", None])), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_categories_of_parts_add_up_in_any_order(
    parts: list[list[str | None]], order: random.Random
):
    everything = Counter(value for part in parts for value in part)
    shuffled = order.sample(parts, len(parts))

    merged = _categorical(merge(*[_profile(x=pa.array(p, pa.string())) for p in shuffled]))

    assert merged.missing == everything.pop(None, 0)
    assert merged.items == dict(everything)
    assert (merged.other, merged.slack) == (0, 0)


def test_rare_categories_are_counted_together_and_by_how_much_is_said():
    draw = np.random.default_rng(3)
    names = [f"category {number:06}" for number in range(200_000)]
    drawn = (200_000 * draw.random(600_000) ** 4).astype(int)
    truth = Counter(drawn.tolist())

    column = _categorical(_profile(x=pa.array([names[number] for number in drawn])))

    assert len(column.items) <= 4_096
    _check_counts(column, {names[number]: count for number, count in truth.items()})
    assert column.short <= column.slack < 30


def test_categories_of_merged_parts_keep_within_the_slack():
    draw = np.random.default_rng(4)
    parts = [(9_000 * draw.random(100_000) ** 2).astype(int) for _ in range(3)]
    truth = Counter(number for part in parts for number in part.tolist())

    profiles = [_profile(x=pa.array([f"c{number}" for number in part])) for part in parts]
    column = _categorical(merge(merge(profiles[0], profiles[1]), profiles[2]))

    _check_counts(column, {f"c{number}": count for number, count in truth.items()})
    assert 0 < column.short < column.slack


def test_categories_that_are_kept_of_a_column_counted_in_one_piece_are_exact():
    truth = Counter((9_000 * np.random.default_rng(6).random(100_000)).astype(int).tolist())

    column = _categorical(_profile(x=pa.array([f"c{n}" for n in truth.elements()])))

    _check_counts(column, {f"c{number}": count for number, count in truth.items()})
    assert (column.short, len(column.items)) == (0, 4_096)


def _check_counts(column: Categorical, truth: dict[str, int]) -> None:
    assert sum(column.items.values()) + column.other == sum(truth.values())
    for name, count in truth.items():
        if (kept := column.items.get(name)) is None:
            assert count <= column.slack
        else:
            assert kept <= count <= kept + column.short


def test_long_names_of_categories_stay_different():
    long = "x" * 5_000

    column = _categorical(_profile(x=pa.array([long + "a", long + "b", long + "a"])))

    assert sorted(column.items.values()) == [1, 2]
    assert all(len(name.encode()) <= 128 for name in column.items)


@pytest.mark.parametrize(
    "values",
    [
        pa.array(np.random.default_rng(5).normal(size=300_000)),
        pa.array([f"{number:050} ü" for number in range(70_000)]),
    ],
    ids=["numbers", "categories"],
)
def test_column_takes_at_most_64_kib(values: pa.Array):
    assert len(dumps(_profile(x=values))) <= 64 * 1024


def test_column_that_a_part_lacks_is_missing_there():
    merged = merge(_profile(a=[1.0, 2.0], b=["u", "v"]), _profile(c=[1.0]))

    rows = {name: (column.rows, _missing(column)) for name, column in merged.by_name.items()}
    assert rows == {"a": (3, 1), "b": (3, 1), "c": (3, 2)}


def test_column_of_different_kinds_in_parts_is_a_problem_whatever_the_order():
    one, other = _profile(a=[1.0], b=[1.0]), _profile(a=["x"], b=[2.0])

    for merged in (merge(one, other), merge(other, one), merge(merge(one, other), one)):
        assert merged.problems == {"a": "is categorical in one part and numeric in another"}
        assert list(merged.by_name) == ["b"]


def test_empty_column_takes_the_kind_of_the_other_part():
    merged = merge(_profile(a=pa.nulls(2)), _profile(a=[True]), _profile(a=pa.nulls(1)))

    assert merged.columns == (
        Categorical(name="a", kind="boolean", rows=4, missing=3, items={"true": 1}),
    )


@pytest.mark.parametrize(
    ("content", "finite", "invalid"),
    [(b"a\n1\nx\n2\n", 2, 1), (b'{"a":1}\n{"a":"2"}\n{"a":3}\n', 2, 1), (b"a\nx\ny\nz\n", 0, 3)],
    ids=["CSV", "JSON lines", "nothing fits"],
)
def test_kind_of_the_reference_governs(content: bytes, finite: int, invalid: int):
    column = profile(io.BytesIO(content), like=_profile(a=[1.0])).by_name["a"]

    assert isinstance(column, Numeric)
    assert (column.finite, column.invalid) == (finite, invalid)


def test_numbers_in_csv_are_categories_when_the_reference_says_so():
    like = _profile(a=["007", "7"])

    column = profile(io.BytesIO(b"a\n007\n7\n7\n"), like=like).by_name["a"]

    assert isinstance(column, Categorical)
    assert column.items == {"7": 2, "007": 1}


@pytest.mark.parametrize(
    ("reference", "current"),
    [
        ([1.5], ["1.5", "x"]),
        ([1.5], [True, False]),
        (["a"], [1.0, 2.0]),
        ([True], [1, 0]),
        ([True], ["true", "false"]),
        ([1.5], [[1.0], [2.0]]),
        (pa.array([0], pa.date32()), [1.0, 2.0]),
        ([1.0], pa.array([0, 1], pa.date32())),
    ],
    ids=[
        "text for numbers",
        "truth for numbers",
        "numbers for categories",
        "numbers for truth",
        "text for truth",
        "lists for numbers",
        "numbers for dates",
        "dates for numbers",
    ],
)
def test_typed_values_of_another_kind_are_all_invalid(reference: object, current: object):
    like, file = _profile(a=reference), io.BytesIO()
    parquet.write_table(pa.table({"a": current}), file)

    (column,) = profile(file, like=like).columns

    assert column.kind == like.columns[0].kind
    assert not isinstance(column, Empty)
    assert column.invalid == 2


def test_only_columns_of_the_reference_are_profiled():
    found = profile(io.BytesIO(b"a,b\n1,2\n"), like=_profile(b=[1.0], c=[2.0]))

    assert list(found.by_name) == ["b"]


@pytest.mark.parametrize("content", [b"a,b,c\n1,2,3\n", b'{"a":1,"b":2,"c":3}\n'])
def test_only_the_columns_asked_for_are_profiled(content: bytes):
    assert list(profile(io.BytesIO(content), columns=["c", "a"]).by_name) == ["a", "c"]


def test_column_asked_for_that_is_not_there_is_named(tmp_path: Path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n1,2\n")

    with pytest.raises(NoSuchColumnsError) as refused:
        profile(path, columns=["a", "d", "e"])

    assert str(refused.value) == f"{path} has no column `d` or `e`; it has `a` and `b`"


def test_key_that_appears_late_in_json_lines_is_missing_before():
    lines = b'{"a":1}\n' * 900_000 + b'{"a":1,"b":2}\n'

    column = profile(io.BytesIO(lines)).by_name["b"]

    assert (column.rows, _missing(column)) == (900_001, 900_000)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_progress_ascends_to_the_end(tmp_path: Path, suffix: str):
    path, told = tmp_path / f"rows.{suffix}", list[float]()
    if suffix == "csv":
        path.write_bytes(b"a,b\n" + b"123456,123456\n" * 700_000)
    else:
        parquet.write_table(pa.table({"a": [1], "b": [2], "c": [3]}), path)

    profile(path, progress=told.append)

    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_names_with_dots_are_not_taken_for_nested_ones():
    found = _profile(**{"a": [{"b": 1}], "a.b": [2.0], "a.b.c": [3.0]})

    assert {name: _mean(column) for name, column in found.by_name.items()} == {
        "a.b": 2.0,
        "a.b.c": 3.0,
    }


def _missing(column: Column) -> int:
    assert not isinstance(column, Empty)
    return column.missing


def _mean(column: Column) -> float | None:
    assert isinstance(column, Numeric)
    return column.mean
