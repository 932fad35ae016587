"""What a run left is examined, and compared with the champion."""

from msgspec import Struct

from decisions.events.event import Event


class CandidateAdmitted(Event, frozen=True, kw_only=True):
    """A run's model file was examined and may be loaded; `sha256` pins it from here on."""

    run: str
    sha256: str

    @property
    def cause(self) -> str:
        """One examination a run."""
        return f"admitted/{self.run}"


class CandidateRefused(Event, frozen=True, kw_only=True):
    """A run's model file was examined and must not be loaded anywhere."""

    run: str
    code: str
    reason: str

    @property
    def cause(self) -> str:
        """One refusal a run."""
        return f"refused/{self.run}"


class Comparison(Struct, frozen=True, kw_only=True):
    """What a challenger and the champion scored on the same test rows.

    `champion` is the version compared with (None: there was none), `gain` the challenger's lead in
    the direction of the goal, `lower` its one-sided lower confidence bound, `incomparable` the
    reason why the figures must not be compared at all.
    """

    metric: str
    rows: int
    challenger: float | None
    champion: str | None = None
    champion_score: float | None = None
    gain: float | None = None
    lower: float | None = None
    confidence: float | None = None
    p_value: float | None = None
    only_challenger: int | None = None
    only_champion: int | None = None
    incomparable: str | None = None


class CandidateEvaluated(Event, frozen=True, kw_only=True):
    """A challenger was scored, with the champion on the same rows."""

    run: str
    comparison: Comparison

    @property
    def cause(self) -> str:
        """One comparison a run and champion."""
        return f"evaluated/{self.run}/{self.comparison.champion or 'none'}"
