"""The empirical distribution of a numeric column: shares below a value, and quantiles."""

import numpy as np

from drift.columns import Counts, Numbers, Numeric


class Ecdf:
    """F(x), the share of the finite rows that are at most x; a step at every value."""

    def __init__(self, column: Numeric) -> None:
        self.column = column
        self.values = column.values
        self.error = column.error
        self._ends: Counts | None = None
        if column.weights is not None:
            self._ends = np.cumsum(column.weights, dtype=np.int64)
        self.total = len(self.values) if self._ends is None else int(self._ends[-1:].sum())

    def rows(self, ranks: Counts) -> Counts:
        """How many rows stand behind the first `ranks` values."""
        if self._ends is None:
            return ranks
        return np.concatenate(([0], self._ends))[ranks]

    def holding(self, rows: Counts) -> Counts:
        """Which value each row stands behind, the first row being 0."""
        return rows if self._ends is None else self._ends.searchsorted(rows, side="right")

    def mean_gap(self, others: Numbers, begin: int) -> float:
        """The distances from others that begin there, once a row, over all rows; uses others up."""
        values = self.values[begin : begin + len(others)]
        gaps = np.abs(np.subtract(others, values, out=others), out=others)
        if self.column.weights is not None:
            gaps *= self.column.weights[begin : begin + len(gaps)]
        return float(gaps.sum()) / self.total

    def ranks(self, points: Numbers) -> Counts:
        """How many of the values are at most each point."""
        return self.values.searchsorted(points, side="right")

    def at(self, points: Numbers) -> Numbers:
        """F at each point: 0 everywhere when there is no finite row."""
        return self.rows(self.ranks(points)) / max(self.total, 1)

    def before(self, point: float) -> float:
        """The share of the finite rows that are less than a point."""
        rank = np.array([self.values.searchsorted(point, side="left")])
        return float(self.rows(rank)[0]) / max(self.total, 1)

    def quantiles(self, rows: Numbers) -> Numbers:
        """The smallest value at or below which there are so many rows, for each number of rows.

        What lies outside 0 and all rows is the smallest and the largest value of the column, which
        a profile knows although its points may not reach them.
        """
        low, high = self.column.low, self.column.high
        if low is None or high is None:
            return np.empty(0)
        if self._ends is None:
            at = np.ceil(rows).astype(np.int64) - 1
        else:
            at = self._ends.searchsorted(rows, side="left")
        found = self.values[np.clip(at, 0, len(self.values) - 1)]
        return np.where(rows <= 0, low, np.where(rows > self.total, high, found))
