"""Compares two windows column by column, whatever either of them comes as.

A column is compared by all its values as long as a window has few enough rows, else by a profile of
it: never more than a few columns are in memory.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from drift.compare import compare
from drift.errors import NoSuchColumnsError
from drift.profiles.kinds import Unsupported
from drift.profiles.profile import Profile
from drift.profiles.reading import Progress, Wanted, workers
from drift.profiles.sides import Found, Kinds, ParquetSide, ProfileSide, Side, TextSide
from drift.profiles.storing import MARK, loads
from drift.results import Compared, Rows
from drift.tables.opening import Table, open_table
from drift.tables.parquet import ParquetTable
from drift.tables.sources import Source, beginning, named, whole

Window = Profile | Source
"""A profile, the file of one, or a file of data."""


class Comparison(Struct, frozen=True, kw_only=True):
    """Two windows compared, column by column.

    `missing` are columns that the current window lacks, `extra` those that only it has; they are
    not compared.
    """

    rows: Rows
    compared: tuple[Compared, ...]
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


def compare_windows(
    reference: Window,
    current: Window,
    *,
    columns: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the columns of the reference window (or some of them) with the current one's.

    What kind a column is, the reference says, or the current window if only that is a profile; what
    does not fit it in the other window counts as invalid. `progress` is told the share of the work
    that was done. Raises UnreadableError, and NoSuchColumnsError when the reference lacks one of
    `columns`.
    """
    windows = _opened(reference), _opened(current)
    texts = sum(not isinstance(one, Profile | ParquetTable) for one in windows)
    steps = _Steps(1 + texts, progress)
    with TemporaryDirectory(prefix="drift-") as folder:
        one, other = _sides(*windows, columns, Path(folder), steps)
        names = one.names if columns is None else tuple(dict.fromkeys(columns))
        if absent := [name for name in names if name not in one.names]:
            raise NoSuchColumnsError(_called(reference), absent, one.names)
        there = [name for name in names if name in other.names]
        return Comparison(
            rows=Rows(reference=one.rows, current=other.rows),
            compared=tuple(_compared(one, other, there, steps.next())),
            missing=tuple(name for name in names if name not in other.names),
            extra=tuple(name for name in other.names if name not in names and columns is None),
        )


class _Steps:
    """One progress made of several, each of which goes from 0 to 1."""

    def __init__(self, count: int, progress: Progress | None) -> None:
        self._begun, self._count, self._progress = 0, count, progress

    def next(self) -> Progress:
        """The progress of the next step."""
        before = self._begun
        self._begun += 1

        def progress(share: float) -> None:
            if self._progress is not None:
                self._progress((before + share) / self._count)

        return progress


def _opened(window: Window) -> Profile | Table:
    if isinstance(window, Profile):
        return window
    if beginning(window, len(MARK)) == MARK:
        return loads(whole(window), named(window))
    return open_table(window)


def _sides(
    reference: Profile | Table,
    current: Profile | Table,
    columns: Sequence[str] | None,
    folder: Path,
    steps: _Steps,
) -> tuple[Side, Side]:
    """Both sides; the one that sets the kinds of the other is opened before it."""

    def side(window: Profile | Table, kinds: Kinds) -> Side:
        if isinstance(window, Profile):
            return ProfileSide(window)
        wanted = Wanted(None if columns is None else frozenset(columns), kinds)
        if isinstance(window, ParquetTable):
            return ParquetSide(window, wanted)
        return TextSide(window, wanted, folder, steps.next())

    if isinstance(current, Profile):
        there = side(current, {})
        return side(reference, there.kinds), there
    here = side(reference, {})
    return here, side(current, here.kinds)


def _compared(
    reference: Side, current: Side, names: Sequence[str], progress: Progress
) -> Iterator[Compared]:
    def one(name: str) -> Compared:
        return _column(name, reference.column(name), current.column(name))

    with workers() as pool:
        for count, compared in enumerate(pool.map(one, names), 1):
            progress(count / len(names))
            yield compared


def _column(name: str, reference: Found, current: Found) -> Compared:
    if isinstance(reference, Unsupported):
        return Compared(name=name, kind="unsupported", problem=f"the reference {reference}")
    if isinstance(current, Unsupported):
        return Compared(name=name, kind=reference.kind, problem=f"the current window {current}")
    return compare(reference, current)


def _called(window: Window) -> str:
    return "the reference" if isinstance(window, Profile) else named(window)
