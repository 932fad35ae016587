"""Seeded data: twenty numeric and six categorical columns, the same bytes on every machine."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_CHUNK = 1_000_000
"""Rows of a row group; no more are in memory while a file is written."""

_SIZES = (2, 5, 20, 100, 1_000, 5_000)
_WORDS = {size: pa.array([f"{size}-{number:05d}" for number in range(size)]) for size in _SIZES}

CATEGORICAL = tuple(f"c{size}" for size in _SIZES)
NUMERIC = tuple(f"n{number:02d}" for number in range(20))


def windows(folder: Path, rows: int) -> tuple[Path, Path]:
    """A reference and a current window of so many rows, in which two columns moved."""
    return window(folder, rows), window(folder, rows, shift=0.25)


def window(folder: Path, rows: int, *, shift: float = 0.0) -> Path:
    """One window as Parquet, written once and found after that."""
    path = folder / f"{rows}-{round(shift * 100)}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        _write(partial, rows, shift)
        partial.rename(path)
    return path


def _write(path: Path, rows: int, shift: float) -> None:
    chunks = math.ceil(rows / _CHUNK)
    seeds = np.random.SeedSequence([rows, round(shift * 100)]).spawn(chunks)
    first = _chunk(np.random.default_rng(seeds[0]), min(rows, _CHUNK), shift)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for number in range(1, chunks):
            size = min(_CHUNK, rows - number * _CHUNK)
            writer.write_table(_chunk(np.random.default_rng(seeds[number]), size, shift))


def _chunk(random: np.random.Generator, rows: int, shift: float) -> pa.Table:
    numbers = [_numbers(random, position, rows, shift) for position in range(len(NUMERIC))]
    categories = [_categories(random, size, rows, shift) for size in _SIZES]
    return pa.table(numbers + categories, names=[*NUMERIC, *CATEGORICAL])


def _numbers(random: np.random.Generator, position: int, rows: int, shift: float) -> pa.Array:
    """What tables hold: mostly continuous, some skewed, some counts, some with gaps or zeros."""
    match position:
        case 0:
            return pa.array(random.normal(shift, 1, rows))
        case number if number < 12:
            return pa.array(random.normal(number, 1 + number, rows))
        case number if number < 15:
            return pa.array(random.lognormal(0, 1, rows))
        case 15:
            return pa.array(random.poisson(4, rows))
        case 16:
            return pa.array(random.integers(0, 100_000, rows))
        case 17:
            return pa.array(random.normal(0, 1, rows), mask=random.random(rows) < 0.02)
        case 18:
            return pa.array(random.normal(0, 1, rows).astype(np.float32))
        case _:
            return pa.array(np.maximum(random.normal(0, 1, rows), 0))


def _categories(random: np.random.Generator, size: int, rows: int, shift: float) -> pa.Array:
    """Categories as common as words are: the second half as often as the first, and so on."""
    weights = 1 / np.arange(1, size + 1)
    if size == _SIZES[2]:
        weights[0] *= 1 - shift
    codes = random.choice(size, rows, p=weights / weights.sum()).astype(np.int32)
    return pa.DictionaryArray.from_arrays(codes, _WORDS[size]).cast(pa.string())
