"""What is kept of one column of a window: enough to compare it, read whole or not."""

from typing import Literal

import numpy as np
from msgspec import Struct

Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Counts = np.ndarray[tuple[int], np.dtype[np.int64]]


class Numeric(Struct, frozen=True, kw_only=True, eq=False):
    """A column of numbers; dates are seconds since 1970.

    `values` (k,) are finite and ascending; `weights` (k,) say how many rows stand behind each
    (None: one each). `error` bounds, as a share of the finite rows, by how much the rank of any
    value may be off: 0 when every value was kept. `low`, `high`, `mean` and `std` (of the
    population) are those of all finite rows, None when there are none. `missing` rows are null or
    NaN, `infinite` ones ±inf, `invalid` ones of another type; the rest is finite.
    """

    name: str
    kind: Literal["numeric", "date"] = "numeric"
    rows: int
    missing: int = 0
    invalid: int = 0
    infinite: int = 0
    values: Numbers
    weights: Counts | None = None
    error: float = 0.0
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None

    @property
    def finite(self) -> int:
        """How many rows hold a finite number."""
        return self.rows - self.missing - self.invalid - self.infinite


class Categorical(Struct, frozen=True, kw_only=True):
    """A column of categories, as text; a boolean one has the categories `false` and `true`.

    `items` maps the frequent categories to their rows, `other` counts the rows of all the rest.
    A category that is not among the items has at most `slack` rows: 0 when every one was kept. The
    count of one that is may be too small by at most `short` rows, which then stand in `other`; that
    is 0 when the column was counted in one piece. `missing` rows are null, `invalid` ones of
    another type.
    """

    name: str
    kind: Literal["categorical", "boolean"] = "categorical"
    rows: int
    missing: int = 0
    invalid: int = 0
    items: dict[str, int]
    other: int = 0
    slack: int = 0
    short: int = 0


class Empty(Struct, frozen=True, kw_only=True):
    """A column without a single value: nothing says what kind it is."""

    name: str
    kind: Literal["empty"] = "empty"
    rows: int


Column = Numeric | Categorical | Empty
