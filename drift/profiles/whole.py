"""A column of numbers that is read whole, in memory or by way of a file."""

from pathlib import Path
from typing import Protocol

import numpy as np

from drift.columns import Numbers, Numeric
from drift.kinds import Kind
from drift.profiles.moments import moments_of
from drift.profiles.numeric import NumericCounts, numeric_column
from drift.profiles.parts import NumericPart


class Store(Protocol):
    """Where numbers are put until all are there."""

    def append(self, values: Numbers) -> None:
        """Put some more."""

    def taken(self) -> Numbers:
        """All of them, in an array that belongs to whoever takes it."""


class InMemory:
    """Numbers in one array with room for all rows."""

    def __init__(self, rows: int) -> None:
        self._room, self._used = np.empty(rows), 0

    def append(self, values: Numbers) -> None:
        """Put some more."""
        end = self._used + len(values)
        self._room[self._used : end] = values
        self._used = end

    def taken(self) -> Numbers:
        """All of them."""
        return self._room[: self._used]


class InFile:
    """Numbers in a file of their own, for formats that cannot be read a column at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def append(self, values: Numbers) -> None:
        """Put some more; a table may have more columns than a process may have open files."""
        with self._path.open("ab") as file:
            values.tofile(file)

    def taken(self) -> Numbers:
        """All of them."""
        return np.fromfile(self._path)


class Collecting:
    """A column of numbers of which every one is kept."""

    def __init__(self, name: str, kind: Kind, store: Store) -> None:
        self._name, self._kind, self._store = name, kind, store
        self._counts = NumericCounts()

    def add(self, part: NumericPart) -> None:
        """Take some more rows."""
        self._counts.count(part)
        self._store.append(part.values)

    def column(self) -> Numeric:
        """The column with all its numbers, in order."""
        values = self._store.taken()
        values.sort()
        ends = (float(values[0]), float(values[-1])) if len(values) else (0.0, 0.0)
        return numeric_column(
            self._name, self._kind, self._counts, moments_of(values, *ends), values
        )
