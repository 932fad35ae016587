"""Whoever opens what strangers made."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from decisions.actions import Version
from decisions.events import Comparison, Window
from decisions.policies import DriftPolicy, GatePolicy
from decisions.ports.blobs import BlobVersion
from drift.results import Compared, Verdict


class Admitted(Struct, frozen=True, kw_only=True):
    """A model file that was examined and may be loaded; `sha256` pins it from here on."""

    sha256: str


class Refused(Struct, frozen=True, kw_only=True):
    """A model file that must not be loaded anywhere, with a stable code and a sentence."""

    code: str
    reason: str


class Examiner(Protocol):
    """Whoever opens what strangers made: data files and models."""

    def inspect(self, blob: BlobVersion) -> str | None:
        """What is wrong with a data file, or None. Raises Missing when it is gone or changed."""

    def admit(self, run: str) -> Admitted | Refused:
        """Examine the model file that a run left, without trusting it."""

    def evaluate(
        self, run: str, sha256: str, champion: Version | None, gate: GatePolicy
    ) -> Comparison:
        """Score a run's model, and the champion, on the run's test rows."""

    def question(self, run: str) -> bytes:
        """A scoring request of real rows that a run held back for its test."""


class Judged(Struct, frozen=True, kw_only=True):
    """The verdict on a window, with the figures of every column that it was made of.

    `missing` are columns of the reference that the window lacks.
    """

    verdict: Verdict
    compared: tuple[Compared, ...]
    missing: tuple[str, ...] = ()


class Profiler(Protocol):
    """Whoever reads windows of data: training data once, production's again and again.

    Profiles travel as bytes: only the profiler knows what is in them.
    """

    def reference(self, model: str, version: Version) -> bytes:
        """The profile of the data that a version was trained on, with its predictions on it.

        Raises Rejected with a sentence when there is none to be made.
        """

    def profile(
        self, blobs: Sequence[BlobVersion], window: Window, version: Version, reference: bytes
    ) -> bytes:
        """The profile of the rows in some inference logs that are a version's, in a window.

        Raises Rejected when a log cannot be read.
        """

    def judge(self, reference: bytes, parts: Iterable[bytes], policy: DriftPolicy) -> Judged:
        """Merge the profiles of a window's parts, compare with the reference, and judge.

        Raises Rejected when a profile cannot be read.
        """

    def page(self, report: bytes) -> bytes:
        """A report's document as one page for people to look at."""
