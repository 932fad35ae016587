"""A profiler that reads nothing: whoever plays production says how far its rows have drifted."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from decisions.actions import Version
from decisions.codec import encode
from decisions.errors import Rejected
from decisions.events import Window
from decisions.policies import DriftPolicy
from decisions.ports import BlobVersion, Judged
from drift.policy import THRESHOLDS
from drift.results import ColumnVerdict, Rows, Verdict, Word

COLUMN = "x"
"""The one column that all data has."""


class _Profile(Struct, frozen=True, kw_only=True):
    """So many rows, and the sum of their scores."""

    rows: int
    score: float


class MemoryProfiler:
    """Port `Profiler`; `scores` maps a log to the score of its rows, `score` is that of all others.

    Each log has `rows`. `broken` maps a log, or a run, to what is wrong with it, and `read` has the
    logs that were profiled.
    """

    def __init__(self) -> None:
        self.score = 0.0
        self.scores: dict[str, float] = {}
        self.rows = 1000
        self.broken: dict[str, str] = {}
        self.read: list[str] = []

    def reference(self, model: str, version: Version) -> bytes:  # noqa: ARG002 - A run is one's own.
        """A profile of rows that have not drifted."""
        self._must_be_sound(version.run)
        return encode(_Profile(rows=self.rows, score=0.0))

    def profile(
        self,
        blobs: Sequence[BlobVersion],
        window: Window,  # noqa: ARG002 - All rows of a log are of its window here …
        version: Version,  # noqa: ARG002 - … and of this version.
        reference: bytes,  # noqa: ARG002 - There is one column.
    ) -> bytes:
        """A profile of what the logs were said to hold."""
        for blob in blobs:
            self._must_be_sound(blob.path)
        self.read += [blob.path for blob in blobs]
        scores = [self.scores.get(blob.path, self.score) for blob in blobs]
        return encode(_Profile(rows=self.rows * len(blobs), score=self.rows * sum(scores)))

    def judge(self, reference: bytes, parts: Iterable[bytes], policy: DriftPolicy) -> Judged:
        """Compare the mean score with the threshold of the policy."""
        known = msgspec.json.decode(reference, type=_Profile)
        profiles = [msgspec.json.decode(part, type=_Profile) for part in parts]
        rows = Rows(reference=known.rows, current=sum(one.rows for one in profiles))
        score = sum(one.score for one in profiles) / max(rows.current, 1)
        return Judged(verdict=_verdict(rows, score, policy), compared=())

    def page(self, report: bytes) -> bytes:
        """The document itself, as a page."""
        return b"<!doctype html><pre>" + report

    def _must_be_sound(self, name: str) -> None:
        if name in self.broken:
            raise Rejected(f"{name}: {self.broken[name]}", "unreadable")


def _verdict(rows: Rows, score: float, policy: DriftPolicy) -> Verdict:
    judging = policy.judging
    threshold = judging.threshold or THRESHOLDS[judging.numeric]
    drifted, calm = score >= threshold, score < judging.calm * threshold
    word: Word = "drifted" if drifted else "stable"
    column = ColumnVerdict(
        name=COLUMN,
        kind="numeric",
        statistic=judging.numeric,
        score=score,
        threshold=threshold,
        effect=score,
        p_value=None,
        p_adjusted=None,
        drifted=drifted,
        error_bound=0.0,
        calm=calm,
        reason=f"scored {score:g} of {threshold:g}",
    )
    if rows.current < judging.min_rows:
        reason = f"{rows.current} rows are too few: {judging.min_rows} are needed."
        return Verdict(
            verdict="unknown", reason=reason, rows=rows, columns=(), calm=False, judging=judging
        )
    return Verdict(
        verdict=word,
        reason=f"{COLUMN} scores {score:g}; its threshold is {threshold:g}.",
        rows=rows,
        columns=(column,),
        calm=calm,
        judging=judging,
    )
