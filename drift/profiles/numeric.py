"""A column of numbers: read whole, or summarised as it passes by."""

import numpy as np

from drift.columns import Counts, Numbers, Numeric
from drift.kinds import Kind
from drift.profiles.moments import Moments, combined, moments_of
from drift.profiles.parts import NumericPart
from drift.profiles.summary import Summary, added, compressed, summarised

POINTS = 4096
"""The most that a stored profile keeps of a column."""

_WORKING = 1 << 16  # Distinct values that are kept exactly while a column is read.
_LEAF = 1 << 18  # Rows that are sorted at once.


class NumericCounts:
    """What a column of numbers holds beside finite numbers."""

    def __init__(self) -> None:
        self.rows = self.missing = self.infinite = self.invalid = 0

    def count(self, part: NumericPart) -> None:
        """Count what a part holds."""
        self.missing += part.missing
        self.infinite += part.infinite
        self.invalid += part.invalid
        self.rows += len(part.values) + part.missing + part.infinite + part.invalid


class Summarising:
    """A column of numbers of which a bounded number of points is kept.

    Rows are sorted in leaves, and a leaf is added to the summary before it only when that one
    stands for fewer than twice its rows, as a merge sort from below does: a row then goes through
    few compressions however many there are, and each adds little to the error.
    """

    def __init__(self, name: str, kind: Kind) -> None:
        self._name, self._kind = name, kind
        self._counts = NumericCounts()
        self._moments: Moments | None = None
        self._leaf: list[Numbers] = []
        self._waiting = 0
        self._stack: list[Summary] = []

    def add(self, part: NumericPart) -> None:
        """Take some more rows."""
        self._counts.count(part)
        self._leaf.append(part.values)
        self._waiting += len(part.values)
        if self._waiting >= _LEAF:
            self._sort()

    def add_column(self, column: Numeric) -> None:
        """Take the rows of a column that was summarised elsewhere."""
        self._counts.count(
            NumericPart(np.empty(0), column.missing, column.infinite, column.invalid)
        )
        self._counts.rows += column.finite
        if column.finite:
            self._moments = combined(self._moments, _moments_in(column))
            error = round(column.error * column.finite)
            self._push(Summary(column.values, _weights(column), error))

    def column(self) -> Numeric:
        """The column as a profile keeps it."""
        self._sort()
        whole = Summary(np.empty(0), np.empty(0, np.int64))
        for summary in reversed(self._stack):
            whole = added(whole, summary)
        kept = compressed(whole, POINTS)
        return numeric_column(self._name, self._kind, self._counts, self._moments, *kept)

    def _sort(self) -> None:
        values = np.concatenate([np.empty(0), *self._leaf])
        self._leaf, self._waiting = [], 0
        if len(values):
            values.sort()
            ends = float(values[0]), float(values[-1])
            self._moments = combined(self._moments, moments_of(values, *ends))
            self._push(summarised(values, _WORKING))

    def _push(self, summary: Summary) -> None:
        while self._stack and self._stack[-1].rows < 2 * summary.rows:
            summary = added(self._stack.pop(), summary)
            if len(summary.values) > _WORKING:
                summary = compressed(summary, _WORKING // 2)
        self._stack.append(summary)


def numeric_column(
    name: str,
    kind: Kind,
    counts: NumericCounts,
    moments: Moments | None,
    values: Numbers,
    weights: Counts | None = None,
    error: int = 0,
) -> Numeric:
    """The column that all this is about; `error` is in rows."""
    return Numeric(
        name=name,
        kind="date" if kind == "date" else "numeric",
        rows=counts.rows,
        missing=counts.missing,
        invalid=counts.invalid,
        infinite=counts.infinite,
        values=values,
        weights=weights,
        error=error / moments.rows if moments else 0.0,
        low=moments.low if moments else None,
        high=moments.high if moments else None,
        mean=moments.mean if moments else None,
        std=moments.std if moments else None,
    )


def _moments_in(column: Numeric) -> Moments | None:
    low, high, mean, std = column.low, column.high, column.mean, column.std
    if low is None or high is None or mean is None or std is None:
        return None
    return Moments(column.finite, low, high, mean, std)


def _weights(column: Numeric) -> Counts:
    return np.ones(len(column.values), np.int64) if column.weights is None else column.weights
