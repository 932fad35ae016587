"""Production's data is profiled and judged."""

from decisions.actions.action import Work
from decisions.actions.challenge import Version
from decisions.events import Window


class ProfileReference(Work, frozen=True, kw_only=True):
    """Profile the training data that a version's run used, with the version's predictions on it."""

    version: Version
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One profile a version, and request."""
        return f"{self.version.version}/{self.ordinal}"


class JudgeWindow(Work, frozen=True, kw_only=True):
    """Compare what a version saw in a window with its reference, and leave a report.

    A large window is cut into parts first; `parts` says how many profiles of parts there are to be
    merged, 0 that the window was not looked into yet.
    """

    window: Window
    version: Version
    ordinal: int = 0
    parts: int = 0

    @property
    def key(self) -> str:
        """One judgement a window and version, and look; a second one when its parts are there."""
        return f"{self.window.name}/{self.version.version}/{self.ordinal}/{self.parts}"


class ProfilePart(Work, frozen=True, kw_only=True):
    """Profile one of a window's parts: the inference logs from path `first` to path `last`."""

    window: Window
    version: Version
    part: int
    of: int
    first: str
    last: str
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One profile a part of a window and version, and look."""
        return f"{self.window.name}/{self.version.version}/{self.ordinal}/{self.part}/{self.of}"
