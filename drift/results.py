"""What comes of a comparison: figures a column, and the verdict on a window with its reason."""

from typing import Literal

from msgspec import Struct

from drift.policy import Judging

Word = Literal["stable", "drifted", "unknown"]


class Figure(Struct, frozen=True, kw_only=True):
    """One statistic: its value, by how much it may be off, and its p-value.

    The value is None where the statistic is not defined, the p-value where it has none. `floor` is
    given when the value is known to be less off downwards than `error` says.
    """

    value: float | None
    error: float = 0.0
    p_value: float | None = None
    floor: float | None = None

    @property
    def at_least(self) -> float:
        """The smallest value that the bounds of the error allow; 0 where it is not defined."""
        least = (self.value or 0.0) - self.error
        return max(least, self.floor or 0.0, 0.0)


class Bins(Struct, frozen=True, kw_only=True):
    """The two windows drawn over each other: shares of all rows, bin by bin.

    A numeric column has `edges` (one more than shares), a categorical one `labels` (one a share).
    """

    reference: tuple[float, ...]
    current: tuple[float, ...]
    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()


class Shares(Struct, frozen=True, kw_only=True):
    """Shares of one window's rows that hold nothing, or what the column must not hold."""

    missing: float = 0.0
    invalid: float = 0.0
    infinite: float = 0.0
    outside: float = 0.0
    """Below or above everything that the reference window holds, or a category unseen there."""


class Compared(Struct, frozen=True, kw_only=True):
    """All that the two windows of one column say, before any policy judges it.

    `statistics` has every one that the kind of column has, by name. `effect` is the share of rows
    that would have to change for the windows to agree, at least. `problem` says why the column
    cannot be compared.
    """

    name: str
    kind: str
    statistics: dict[str, Figure] = {}
    effect: float | None = None
    p_value: float | None = None
    reference: Shares = Shares()
    current: Shares = Shares()
    bins: Bins | None = None
    problem: str | None = None


class ColumnVerdict(Struct, frozen=True, kw_only=True):
    """One column as it was judged, with everything that it was judged by."""

    name: str
    kind: str
    statistic: str | None
    score: float | None
    threshold: float | None
    effect: float | None
    p_value: float | None
    p_adjusted: float | None
    drifted: bool
    error_bound: float
    calm: bool
    reason: str


class Rows(Struct, frozen=True, kw_only=True):
    """How many rows each window has."""

    reference: int
    current: int


class Verdict(Struct, frozen=True, kw_only=True):
    """The word on a window, one sentence why, and its columns, the most drifted first.

    `calm`: no column comes near its threshold; an incident clears on calm windows only.
    """

    verdict: Word
    reason: str
    rows: Rows
    columns: tuple[ColumnVerdict, ...]
    calm: bool
    judging: Judging
