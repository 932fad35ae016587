"""One column on its way from a table into what is kept of it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from drift.columns import Categorical, Column, Empty, Numeric
from drift.kinds import Kind
from drift.profiles.categorical import Counting, CountingFrequent
from drift.profiles.kinds import Unsupported, kind_of_values
from drift.profiles.numeric import Summarising
from drift.profiles.parts import CategoricalPart, NumericPart, categorical_part, numeric_part


class TakingNumbers(Protocol):
    """What keeps numbers."""

    def add(self, part: NumericPart) -> None:
        """Take some more rows."""

    def column(self) -> Numeric:
        """What is kept of them."""


class Keeping(NamedTuple):
    """How columns are kept, by the name and kind of each."""

    numbers: Callable[[str, Kind], TakingNumbers]
    categories: Callable[[str, Kind], Counting]


FOR_PROFILE = Keeping(numbers=Summarising, categories=CountingFrequent)
"""As much as a profile stores."""


class Gathering:
    """Takes the rows of one column.

    Its kind is given or that of the first values; until there is one, all rows are missing.
    """

    def __init__(
        self, name: str, kind: Kind | None, stands_for: frozenset[Kind], keeping: Keeping
    ) -> None:
        self._name, self._stands_for, self._keeping = name, stands_for, keeping
        self._missing = 0
        self._problem: Unsupported | None = None
        self._numbers: TakingNumbers | None = None
        self._categories: Counting | None = None
        self.kind = kind
        if kind is not None:
            self._start(kind)

    def skip(self, rows: int) -> None:
        """Take rows in which the column does not occur."""
        self.add([pa.nulls(rows)])

    def add(self, pieces: Sequence[pa.Array]) -> None:
        """Take some more rows."""
        if self.kind is None and self._problem is None:
            self._decide(kind_of_values(pieces, self._stands_for))
        for piece in pieces:
            self._add(piece)

    def column(self) -> Column | Unsupported:
        """What is kept of the column, or why nothing is."""
        if self._problem is not None:
            return self._problem
        taking = self._numbers or self._categories
        return taking.column() if taking else Empty(name=self._name, rows=self._missing)

    def _decide(self, kind: Kind | Unsupported | None) -> None:
        if isinstance(kind, Unsupported):
            self._problem = kind
        elif kind is not None:
            self._start(kind)

    def _start(self, kind: Kind) -> None:
        self.kind = kind
        if kind in {"numeric", "date"}:
            self._numbers = self._keeping.numbers(self._name, kind)
            self._numbers.add(NumericPart(np.empty(0), missing=self._missing))
        else:
            self._categories = self._keeping.categories(self._name, kind)
            self._categories.add(CategoricalPart({}, missing=self._missing))

    def _add(self, piece: pa.Array) -> None:
        if self.kind is None:
            self._missing += len(piece)
        elif self._numbers is not None:
            self._numbers.add(numeric_part(piece, self.kind, self._stands_for))
        elif self._categories is not None:
            self._categories.add(categorical_part(piece, self.kind, self._stands_for))


def kind_to_follow(column: Column | None) -> Kind | None:
    """The kind that a column of another window sets for the same one of this; None for any."""
    return column.kind if isinstance(column, Numeric | Categorical) else None
