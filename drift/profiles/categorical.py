"""A column of categories: each is counted, the rare ones of very many only together."""

from drift.columns import Categorical
from drift.kinds import Kind
from drift.profiles.parts import CategoricalPart

ITEMS = 4096
"""The most categories that a stored profile keeps of a column."""

BYTES = 64_000
"""The most bytes that their names and counts take in it."""

_WORKING = 1 << 16  # Categories that are counted exactly while a column is read.
_SHORT_NAME = 31  # Bytes of a name that takes one more in MessagePack; a longer one takes two.
_WIDTHS = {1 << 7: 1, 1 << 8: 2, 1 << 16: 3, 1 << 32: 5}  # Bytes of a count below each number.
_LONGEST_COUNT = 9


class Counting:
    """A column of categories, each counted; when there are too many, the rarer half is let go.

    What was let go may come again, and its new count is then too small: by at most the largest one
    that was let go, each time. That is the `slack` of all that are not counted, and what a category
    may be `short` of that was counted later; `other` are the rows themselves. Source: lossy
    counting, Manku and Motwani, "Approximate frequency counts over data streams", 2002.
    """

    def __init__(self, name: str, kind: Kind) -> None:
        self._name, self._kind = name, kind
        self._rows = self._missing = self._invalid = self._other = self._slack = 0
        self._counts: dict[str, int] = {}
        self._short: dict[str, int] = {}

    def add(self, part: CategoricalPart) -> None:
        """Take some more rows."""
        self._missing += part.missing
        self._invalid += part.invalid
        self._rows += part.missing + part.invalid + sum(part.counts.values())
        for name, count in part.counts.items():
            if name in self._counts:
                self._counts[name] += count
            else:
                self._counts[name] = count
                self._short[name] = self._slack
        if len(self._counts) > _WORKING:
            self._let_go(self._ordered()[: _WORKING // 2])

    def add_column(self, column: Categorical) -> None:
        """Take the rows of a column that was counted elsewhere."""
        for name in self._counts.keys() - column.items.keys():
            self._short[name] += column.slack
        self.add(CategoricalPart(column.items, column.missing, column.invalid))
        for name in self._counts.keys() & column.items.keys():
            self._short[name] += column.short
        self._rows += column.other
        self._other += column.other
        self._slack += column.slack

    def column(self) -> Categorical:
        """The column with every category that is still counted."""
        return Categorical(
            name=self._name,
            kind="boolean" if self._kind == "boolean" else "categorical",
            rows=self._rows,
            missing=self._missing,
            invalid=self._invalid,
            items=dict(self._ordered()),
            other=self._other,
            slack=min(self._slack, self._other),
            short=min(max(self._short.values(), default=0), self._other),
        )

    def _ordered(self) -> list[tuple[str, int]]:
        """The most frequent first; equally frequent ones by name, so that order says nothing."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))

    def _let_go(self, kept: list[tuple[str, int]]) -> None:
        """Keep those alone. They are the most frequent, so the next one bounds the loss."""
        gone = self._counts.keys() - {name for name, _ in kept}
        if gone:
            rows = [self._counts[name] for name in gone]
            self._other += sum(rows)
            self._slack += max(rows)
            self._counts = dict(kept)
            self._short = {name: self._short[name] for name in self._counts}


class CountingFrequent(Counting):
    """A column of categories of which a profile keeps the most frequent."""

    def column(self) -> Categorical:
        """The column as a profile keeps it."""
        self._let_go(_fitting(self._ordered()[:ITEMS]))
        return super().column()


def _fitting(items: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The first ones, as many as the bytes allow."""
    taken = 0
    for place, (name, count) in enumerate(items):
        length = len(name.encode())
        taken += length + (1 if length <= _SHORT_NAME else 2)
        taken += next((_WIDTHS[most] for most in _WIDTHS if count < most), _LONGEST_COUNT)
        if taken > BYTES:
            return items[:place]
    return items
