"""Takes columns out of tables: one after the other where the format allows it, else together."""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from drift.columns import Column
from drift.kinds import Kind
from drift.profiles.gathering import Gathering, Keeping
from drift.profiles.kinds import Unsupported
from drift.tables.parquet import ParquetTable
from drift.tables.text import Batch, TextTable

Progress = Callable[[float], None]
"""Is told the share of the work that was done, from 0 to 1."""

_MOST_WORKERS = 4  # Each holds a column in memory.


class Wanted(NamedTuple):
    """The columns to take (all, when None), and the kinds that are set for some."""

    columns: frozenset[str] | None = None
    kinds: Mapping[str, Kind | None] = {}

    def takes(self, name: str) -> bool:
        """Whether the column of that name is one of them."""
        return self.columns is None or name in self.columns


class Together(NamedTuple):
    """The rows of a table, the names of all its columns, and those that were taken."""

    rows: int
    names: tuple[str, ...]
    columns: dict[str, Gathering]


@contextmanager
def workers() -> Iterator[ThreadPoolExecutor]:
    """Threads for columns; decoding and sorting let other threads run meanwhile."""
    pool = ThreadPoolExecutor(min(_MOST_WORKERS, os.cpu_count() or 1))
    try:
        yield pool
    finally:
        # After an error, what has not begun is not worth beginning.
        pool.shutdown(cancel_futures=True)


def read_column(
    table: ParquetTable, name: str, kind: Kind | None, keeping: Keeping
) -> Column | Unsupported:
    """One column of a table that can be read a column at a time. Raises UnreadableError."""
    gathering = Gathering(name, kind, table.stands_for, keeping)
    for batch in table.batches(name):
        gathering.add([batch])
    return gathering.column()


def read_together(
    table: TextTable, wanted: Wanted, keeping: Keeping, progress: Progress | None
) -> Together:
    """The columns of a table that can only be read together. Raises UnreadableError."""
    rows, names, found = 0, dict[str, None](), dict[str, Gathering]()
    with workers() as pool:
        for batch in table.batches():
            names.update(dict.fromkeys(batch.columns))
            for name in batch.columns:
                if wanted.takes(name) and name not in found:
                    kind = wanted.kinds.get(name)
                    found[name] = Gathering(name, kind, table.stands_for, keeping)
                    found[name].skip(rows)
            rows += batch.rows
            list(pool.map(lambda name, batch=batch: _take(found[name], name, batch), found))
            if progress:
                progress(batch.done)
    return Together(rows, tuple(names), found)


def _take(gathering: Gathering, name: str, batch: Batch) -> None:
    if name in batch.columns:
        gathering.add(batch.columns[name])
    else:
        gathering.skip(batch.rows)
