"""A run's model is examined, compared and registered."""

from typing import Literal

from msgspec import Struct

from decisions.actions.action import Action, Work
from decisions.events import Comparison


class AdmitCandidate(Work, frozen=True, kw_only=True):
    """Examine a run's model file before anything loads it."""

    run: str
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One examination a run, and look."""
        return f"{self.run}/{self.ordinal}"


class Version(Struct, frozen=True, kw_only=True):
    """A registered version, with what is needed to load it and to explain it."""

    version: str
    run: str
    sha256: str
    manifest: str
    score: float | None = None


class EvaluateCandidate(Work, frozen=True, kw_only=True):
    """Score a run's model, and the champion, on the run's test rows."""

    run: str
    sha256: str
    champion: Version | None = None
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One evaluation a run and champion, and look."""
        return f"{self.run}/{self.champion.version if self.champion else 'none'}/{self.ordinal}"


class RegisterModel(Action, frozen=True, kw_only=True):
    """Enter a challenger that won into the registry; `run` makes a second entry the first."""

    run: str
    sha256: str
    manifest: str
    comparison: Comparison

    @property
    def key(self) -> str:
        """One version a run."""
        return self.run


class PromoteModel(Action, frozen=True, kw_only=True):
    """Mirror a role that the state gave to a version as a tag in the registry."""

    version: str
    role: Literal["champion", "live"]

    @property
    def key(self) -> str:
        """One role a version."""
        return f"{self.role}/{self.version}"

    @property
    def slot(self) -> str:
        """The last to get a role has it."""
        return f"role/{self.role}"
