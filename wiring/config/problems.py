"""What is wrong with a ratchet.yaml: every mistake at once, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decisions.errors import Misconfigured

Place = tuple[str | int, ...]

_SECRET = {"secret", "url"}
_LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake: where, what was found as it is written there, what was expected."""

    line: int
    place: Place
    found: Any
    expected: str

    def __str__(self) -> str:
        """`models.digits.gate.goal: found 'max', expected …`; never a secret."""
        return f"{self.path}: {self._finding}expected {self.expected}"

    @property
    def path(self) -> str:
        """The place as people write it."""
        dotted = ".".join(str(part) for part in self.place)
        return dotted or "the file"

    @property
    def _finding(self) -> str:
        if self.found is None:
            return ""
        if _SECRET & {str(part) for part in self.place} and "${" not in str(self.found):
            return "found a value that is not shown, "
        text = repr(self.found)
        return f"found {text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}, "


class Problems(Misconfigured):
    """All mistakes of one file."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = sorted(problems, key=lambda one: (one.line, one.path))
        lines = [f"{path}:{one.line}: {one}" for one in self.problems]
        super().__init__("\n".join(lines))
