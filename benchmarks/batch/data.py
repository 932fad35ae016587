"""What every contender scores: a table of an id and twenty numbers, the same on every machine."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.environments import FOLDER

FEATURES = tuple(f"f{number:02d}" for number in range(20))

_FOLDER = FOLDER / "batch"
_GROUP = 122_880
"""Rows of a row group, as many as DuckDB makes them; no more are in memory while writing."""


def table(rows: int) -> Path:
    """A Parquet file of so many rows, written once and found after that."""
    path = _FOLDER / f"{rows}.parquet"
    if not path.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        _write(partial, rows)
        partial.rename(path)
    return path


def output(name: str) -> Path:
    """Where a contender leaves `id` and `prediction`."""
    return _FOLDER / f"{name}.scored.parquet"


def sample(
    random: np.random.Generator, rows: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows of twenty numbers."""
    return random.normal(size=(rows, len(FEATURES)))


def _write(path: Path, rows: int) -> None:
    seeds = np.random.SeedSequence(rows).spawn(math.ceil(rows / _GROUP))
    groups = (
        _group(np.random.default_rng(seed), number * _GROUP, min(_GROUP, rows - number * _GROUP))
        for number, seed in enumerate(seeds)
    )
    first = next(groups)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for group in groups:
            writer.write_table(group)


def _group(random: np.random.Generator, start: int, rows: int) -> pa.Table:
    ids = pa.array(np.arange(start, start + rows))
    return pa.table([ids, *map(pa.array, sample(random, rows).T)], names=["id", *FEATURES])
