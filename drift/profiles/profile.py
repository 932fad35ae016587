"""What is kept of a window of rows: its columns, each in at most about 64 KiB."""

from collections.abc import Sequence

from msgspec import Struct

from drift.columns import Column
from drift.errors import NoSuchColumnsError
from drift.profiles.gathering import FOR_PROFILE, kind_to_follow
from drift.profiles.kinds import Unsupported
from drift.profiles.reading import Progress, Wanted, read_column, read_together, workers
from drift.tables.opening import open_table
from drift.tables.parquet import ParquetTable
from drift.tables.sources import Source, named

SCHEMA = 1
"""The version of the profile's form; it rises when an older reader would misread it."""


class Profile(Struct, frozen=True, kw_only=True, eq=False):
    """A window: its rows, what is kept of its columns, and why others could not be profiled."""

    schema: int = SCHEMA
    rows: int
    columns: tuple[Column, ...]
    problems: dict[str, str] = {}

    @property
    def by_name(self) -> dict[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}


def profile(
    source: Source,
    columns: Sequence[str] | None = None,
    like: Profile | None = None,
    progress: Progress | None = None,
) -> Profile:
    """Profile a table in one pass.

    `columns` are those to profile (all, when None). The columns of the profile `like` set the kind
    of the same ones here, and what does not fit it is counted invalid; columns that it does not
    have are left out. `progress` is told the share that was read. Raises UnreadableError, and
    NoSuchColumnsError when the table lacks one of `columns`.
    """
    table = open_table(source)
    governing = like.by_name if like else {}
    kinds = {name: kind_to_follow(column) for name, column in governing.items()}
    if columns is None and like is not None:
        wanted = Wanted(frozenset(kinds), kinds)
    else:
        wanted = Wanted(None if columns is None else frozenset(columns), kinds)
    if isinstance(table, ParquetTable):
        rows, names, found = table.rows, table.names, _one_by_one(table, wanted, progress)
    else:
        rows, names, gathered = read_together(table, wanted, FOR_PROFILE, progress)
        found = {name: gathering.column() for name, gathering in gathered.items()}
    if absent := [name for name in columns or () if name not in names]:
        raise NoSuchColumnsError(named(source), absent, names)
    return Profile(
        rows=rows,
        columns=tuple(one for one in found.values() if not isinstance(one, Unsupported)),
        problems={name: str(one) for name, one in found.items() if isinstance(one, Unsupported)},
    )


def _one_by_one(
    table: ParquetTable, wanted: Wanted, progress: Progress | None
) -> dict[str, Column | Unsupported]:
    names = [name for name in table.names if wanted.takes(name)]

    def read(name: str) -> Column | Unsupported:
        return read_column(table, name, wanted.kinds.get(name), FOR_PROFILE)

    found: dict[str, Column | Unsupported] = {}
    with workers() as pool:
        for name, column in zip(names, pool.map(read, names), strict=True):
            found[name] = column
            if progress:
                progress(len(found) / len(names))
    return found
