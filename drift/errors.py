"""What can go wrong with what people hand to this library; each error is one sentence.

DriftError
├── UnreadableError      a file cannot be read: a wrong path, a wrong format, cut short …
└── NoSuchColumnsError   columns were asked for that a file does not have
"""

from collections.abc import Sequence

from tabular.words import listed


class DriftError(Exception):
    """The root of everything that this library raises on purpose."""


class UnreadableError(DriftError):
    """A file cannot be read; the sentence names the file and the cause."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name} {cause}")
        self.name, self.cause = name, cause


class NoSuchColumnsError(DriftError):
    """Columns were asked for that a file does not have; the sentence says which there are."""

    def __init__(self, name: str, wanted: Sequence[str], present: Sequence[str]) -> None:
        super().__init__(
            f"{name} has no column {listed(wanted, 'or')}; it has {listed(present, 'and')}"
        )
        self.name, self.wanted = name, tuple(wanted)
