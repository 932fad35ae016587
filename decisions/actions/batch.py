"""Files are scored, piece by piece, and published all at once."""

from decisions.actions.action import Work
from decisions.actions.challenge import Version
from decisions.events import Window


class ScoreBatch(Work, frozen=True, kw_only=True):
    """Plan a batch, ask for the pieces that it lacks, and publish it once it lacks none.

    `parts` says how many pieces there are when all are done, 0 that nobody knows; with `end` the
    batch is to end for that reason, whatever it lacks.
    """

    window: Window
    version: Version
    ordinal: int = 0
    parts: int = 0
    end: str | None = None

    @property
    def key(self) -> str:
        """One request a window and look, a second when its pieces are done, one for its end."""
        return f"{self.window.name}/{self.ordinal}/{'end' if self.end else self.parts}"


class ScorePartition(Work, frozen=True, kw_only=True):
    """Score one piece of a batch, as its plan has it."""

    window: Window
    version: Version
    part: int
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One scoring a piece of a window, and look."""
        return f"{self.window.name}/{self.ordinal}/{self.part}"
