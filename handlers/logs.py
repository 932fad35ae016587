"""Which inference logs hold a window's rows, and how they are shared out when they are many.

A log holds rows of one hour, in UTC, and the scoring server files it under that hour.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from decisions.events import Window
from decisions.ports import BlobVersion, Ports

CONTAINER = "inference"
MOST_BYTES = 64 * 1024 * 1024
"""So much is read by one function: in a part of its memory, and long before its time is over."""

_HOUR = timedelta(hours=1)


def of_window(model: str, window: Window, ports: Ports) -> list[BlobVersion]:
    """The logs of a model's endpoint that may hold rows of a window, ordered by their paths."""
    prefixes = (f"{model}/{hour:%Y/%m/%d/%H}/" for hour in _hours(window))
    found = (blob for prefix in prefixes for blob in ports.blobs.list(CONTAINER, prefix))
    return sorted(found, key=lambda blob: blob.path)


def cut(logs: Sequence[BlobVersion]) -> list[list[BlobVersion]]:
    """The logs in one part or more of at most `MOST_BYTES`; a larger log is a part of its own."""
    parts: list[list[BlobVersion]] = [[]]
    size = 0
    for log in logs:
        if parts[-1] and size + log.size > MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(log)
        size += log.size
    return parts


def _hours(window: Window) -> Iterator[datetime]:
    """The beginnings of the hours in which a window lies."""
    hour = window.start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < window.end:
        yield hour
        hour += _HOUR
