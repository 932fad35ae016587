"""Batches become due, are passed over, and end."""

from typing import Literal

from msgspec import Struct

from decisions.events.drift import Window
from decisions.events.event import Event

Outcome = Literal["published", "failed", "empty"]


class BatchDue(Event, frozen=True, kw_only=True):
    """What came in a window can be scored, by the schedule or because a person wants it now.

    `ordinal` is how many wishes for a batch were answered before it: only the next one is heeded,
    so that no two that were sent side by side both begin one.
    """

    window: Window
    ordinal: int
    reason: Literal["schedule", "person"] = "schedule"
    by: str | None = None

    @property
    def cause(self) -> str:
        """One answer a window's end, and wish."""
        return f"batch_due/{self.window.name}/{self.ordinal}"


class BatchMissed(Event, frozen=True, kw_only=True):
    """Due times passed while nothing ran, and nobody wants a batch for them any more."""

    window: Window

    @property
    def cause(self) -> str:
        """One window an end."""
        return f"batch_missed/{self.window.name}"


class Figures(Struct, frozen=True, kw_only=True):
    """What a batch came to: `rows` are those of the `files` that count, scored or rejected.

    `quarantined` files were broken; `changed` ones are others by now than when the batch began.
    """

    files: int = 0
    rows: int = 0
    scored: int = 0
    rejected: int = 0
    parts: int = 0
    size: int = 0
    quarantined: int = 0
    changed: int = 0


class BatchEnded(Event, frozen=True, kw_only=True):
    """A batch came to its end; `document` is where its manifest is, or what stands in for one."""

    window: Window
    outcome: Outcome
    sentence: str
    figures: Figures = Figures()
    document: str | None = None

    @property
    def cause(self) -> str:
        """One end a window."""
        return f"batch_ended/{self.window.name}"
