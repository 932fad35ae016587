"""What people are told of batches, and what the ledger keeps of them."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from decisions.actions import Notify
from decisions.events import BatchEnded, Window
from decisions.state import Batch

_CLOCK = "%Y-%m-%d %H:%M:%S"


def span(window: Window) -> str:
    """A window in words.

    >>> day = datetime(2026, 11, 21, 3, tzinfo=UTC)
    >>> span(Window(start=day, end=day.replace(day=22)))
    'from 2026-11-21 03:00:00 to 2026-11-22 03:00:00 UTC'
    """
    start, end = (one.astimezone(UTC).strftime(_CLOCK) for one in (window.start, window.end))
    return f"from {start} to {end} UTC"


def of_end(model: str, batch: Batch, event: BatchEnded, now: datetime) -> Notify | None:
    """A batch was published or has failed; one that had nothing to score is no news."""
    about = batch.window.name
    match event.outcome:
        case "published":
            data = _told(batch, event, now)
            return Notify(model=model, kind="batch.published", about=about, data=data)
        case "failed":
            since = batch.window.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            after = f"What it took is scored again by: ratchet batch run {model} --since {since}"
            data = {**_told(batch, event, now), "next": after}
            return Notify(model=model, kind="batch.failed", about=about, data=data)
        case "empty":
            return None


def not_run(model: str, window: Window, sentence: str) -> Notify:
    """Batches cannot be run: that is told once, and again only after one could be."""
    data = {"batch": window.name, "sentence": sentence}
    return Notify(model=model, kind="batch.not_run", about=window.name, data=data)


def numbers(batch: Batch, event: BatchEnded, now: datetime) -> dict[str, Any]:
    """What a batch came to: from when to when it ran, by which version, and its figures."""
    return {
        "batch": batch.window.name,
        "outcome": event.outcome,
        "version": batch.version.version,
        "start": batch.window.start.isoformat(),
        "end": batch.window.end.isoformat(),
        "began": batch.since.isoformat(),
        "seconds": round((now - batch.since).total_seconds(), 3),
        "document": event.document,
        **msgspec.to_builtins(event.figures),
    }


def _told(batch: Batch, event: BatchEnded, now: datetime) -> dict[str, Any]:
    return {**numbers(batch, event, now), "sentence": event.sentence}
