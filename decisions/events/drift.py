"""Production is watched, by Ratchet and by others."""

from datetime import UTC

from msgspec import Struct

from decisions.events.event import Event, Moment
from drift.results import Rows, Word


class Window(Struct, frozen=True, kw_only=True):
    """A stretch of production's time, from `start` until just before `end`."""

    start: Moment
    end: Moment

    @property
    def name(self) -> str:
        """What the window is called: when it ended."""
        return self.end.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


class DriftDue(Event, frozen=True, kw_only=True):
    """A window has ended, and what production saw in it can be judged."""

    window: Window

    @property
    def cause(self) -> str:
        """One window an end."""
        return f"drift_due/{self.window.name}"


class ReferenceProfiled(Event, frozen=True, kw_only=True):
    """The training data of a version has a profile, or `problem` says why it has none."""

    version: str
    ordinal: int = 0
    problem: str | None = None

    @property
    def cause(self) -> str:
        """One answer a version, and request."""
        return f"profiled/{self.version}/{self.ordinal}"


class Drifted(Struct, frozen=True, kw_only=True):
    """A column that drifted, and by what figure, against what limit."""

    name: str
    statistic: str
    score: float
    threshold: float


class WindowJudged(Event, frozen=True, kw_only=True):
    """A window was compared with what the live version was trained on.

    `sentence` says why the verdict is what it is. `columns` are those that drifted, the most
    drifted first, `worst` is the highest score of any column in units of its threshold (None: none
    was compared), `report` the path of the report's page in the container `reports`.
    """

    window: Window
    version: str
    verdict: Word
    sentence: str
    rows: Rows = Rows(reference=0, current=0)
    calm: bool = False
    columns: tuple[Drifted, ...] = ()
    worst: float | None = None
    report: str | None = None

    @property
    def cause(self) -> str:
        """One verdict a window and version."""
        return f"judged/{self.window.name}/{self.version}"


class DriftDetected(Event, frozen=True, kw_only=True):
    """Another monitor says that production sees data that the model was not trained on.

    `score` and `threshold` are those of the first of the `measures`, if the monitor gives any.
    """

    monitor: str
    window: str
    features: tuple[str, ...] = ()
    score: float | None = None
    threshold: float | None = None
    measures: tuple[Drifted, ...] = ()

    @property
    def cause(self) -> str:
        """One drift a monitor and window."""
        return f"drift/{self.monitor}/{self.window}"
