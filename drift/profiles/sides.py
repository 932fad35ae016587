"""The two sides of a comparison: a profile, or a table whose columns are read when needed."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from drift.columns import Column
from drift.kinds import Kind
from drift.profiles.categorical import Counting
from drift.profiles.gathering import FOR_PROFILE, Keeping, kind_to_follow
from drift.profiles.kinds import Unsupported, kind_of_type
from drift.profiles.profile import Profile
from drift.profiles.reading import Progress, Wanted, read_column, read_together
from drift.profiles.whole import Collecting, InFile, InMemory
from drift.tables.parquet import ParquetTable
from drift.tables.text import TextTable

WHOLE = 1 << 20
"""Up to so many rows every value of a column is compared, above it a profile of the column.

A column of so many numbers takes 8 MiB; a comparison works with a dozen times that, and as many
comparisons go on at once as there are threads.
"""

Found = Column | Unsupported
Kinds = Mapping[str, Kind | None]


class Side(Protocol):
    """One window, a column at a time, also from several threads."""

    rows: int
    names: tuple[str, ...]
    kinds: Kinds
    """The kinds of its columns, which the other side has to follow."""

    def column(self, name: str) -> Found:
        """What is kept of a column, or why it cannot be compared. Raises UnreadableError."""


class ProfileSide:
    """A window that was profiled before."""

    def __init__(self, profile: Profile) -> None:
        problems = {name: Unsupported(text) for name, text in profile.problems.items()}
        self._found: dict[str, Found] = {**problems, **profile.by_name}
        self.rows, self.names = profile.rows, tuple(self._found)
        self.kinds: Kinds = {one.name: kind_to_follow(one) for one in profile.columns}

    def column(self, name: str) -> Found:
        """The column as it was profiled."""
        return self._found[name]


class ParquetSide:
    """A table of which each column is read when it is compared, and then forgotten."""

    def __init__(self, table: ParquetTable, wanted: Wanted) -> None:
        self.rows, self.names = table.rows, table.names
        own = {field.name: kind_of_type(field.type) for field in table.schema}
        self.kinds: Kinds = {
            name: wanted.kinds.get(name) or (None if isinstance(kind, Unsupported) else kind)
            for name, kind in own.items()
        }
        self._table, self._wanted = table, wanted
        self._keeping = FOR_PROFILE if table.rows > WHOLE else _whole_in_memory(table.rows)

    def column(self, name: str) -> Found:
        """The column, read now."""
        return read_column(self._table, name, self._wanted.kinds.get(name), self._keeping)


class TextSide:
    """A table that is read once from end to end; its numbers wait in files of their own."""

    def __init__(
        self, table: TextTable, wanted: Wanted, folder: Path, progress: Progress | None
    ) -> None:
        many = table.file.has_more_lines(WHOLE)
        keeping = FOR_PROFILE if many else _whole_in_files(folder)
        self.rows, self.names, self._found = read_together(table, wanted, keeping, progress)
        self.kinds: Kinds = {name: found.kind for name, found in self._found.items()}

    def column(self, name: str) -> Found:
        """The column, which is given up here."""
        return self._found.pop(name).column()


def _whole_in_memory(rows: int) -> Keeping:
    return Keeping(lambda name, kind: Collecting(name, kind, InMemory(rows)), Counting)


def _whole_in_files(folder: Path) -> Keeping:
    """Files of this side alone: the other one's are in the same folder."""
    place, number = Path(mkdtemp(dir=folder)), count()
    return Keeping(
        lambda name, kind: Collecting(name, kind, InFile(place / f"{next(number)}")), Counting
    )
