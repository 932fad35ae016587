"""Published events and their deliveries, in SQLite: what was accepted survives a crash.

A publication and all deliveries that it causes are one transaction. The journal is written ahead
and not forced to disk: a killed process loses nothing, a power cut may lose the last moments.
"""

import sqlite3
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from local.eventgrid.schemas import Event

# Longer than any event lives.
KEPT = 2 * 24 * 3600.0
_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, topic TEXT NOT NULL, document BLOB NOT NULL, published REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES events (number),
    subscription TEXT NOT NULL, message TEXT NOT NULL, due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting',
    outcome TEXT, tried REAL
);
CREATE INDEX IF NOT EXISTS work ON deliveries (subscription, state, due);
"""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event on its way to one subscription; `message` is the same at every try."""

    number: int
    message: str
    event: Event
    published: float
    attempts: int


class Store:
    """The emulator's memory."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(_TABLES)
        self._forget(time.time() - KEPT)

    def add(
        self, topic: str, event: Event, now: float, wanted: Iterable[tuple[str, float]]
    ) -> None:
        """Keep an event with the deliveries wanted, as pairs of subscription and due time."""
        with self._connection as connection:
            document = msgspec.json.encode(event)
            row = connection.execute(
                "INSERT INTO events (topic, document, published) VALUES (?, ?, ?)",
                (topic, document, now),
            )
            connection.executemany(
                "INSERT INTO deliveries (event, subscription, message, due) VALUES (?, ?, ?, ?)",
                [(row.lastrowid, name, str(uuid.uuid4()), due) for name, due in wanted],
            )

    def due(self, subscription: str, now: float, limit: int) -> list[Delivery]:
        """The deliveries whose time has come, the earliest first."""
        rows = self._connection.execute(
            "SELECT d.number, message, document, published, attempts FROM deliveries d "
            "JOIN events e ON e.number = d.event "
            "WHERE subscription = ? AND state = 'waiting' AND due <= ? "
            "ORDER BY due, d.number LIMIT ?",
            (subscription, now, limit),
        )
        return [
            Delivery(
                number=number,
                message=message,
                event=msgspec.json.decode(document),
                published=published,
                attempts=attempts,
            )
            for number, message, document, published, attempts in rows
        ]

    def next_due(self, subscription: str) -> float | None:
        """When the next delivery is due, None when none waits."""
        row = self._connection.execute(
            "SELECT min(due) FROM deliveries WHERE subscription = ? AND state = 'waiting'",
            (subscription,),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def settle(self, delivery: Delivery, state: str, outcome: str, now: float) -> None:
        """A delivery has ended: delivered, dead-lettered or dropped."""
        self._tried(delivery, state, outcome, now, now)

    def postpone(self, delivery: Delivery, outcome: str, now: float, due: float) -> None:
        """A try has failed; the next one is at `due`."""
        self._tried(delivery, "waiting", outcome, now, due)

    def published(self) -> list[tuple[str, Event]]:
        """All different events that are kept, with their topics, in the order of publication."""
        rows = self._connection.execute(
            "SELECT topic, document FROM events GROUP BY topic, document ORDER BY min(number)"
        )
        return [(topic, msgspec.json.decode(document)) for topic, document in rows]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many deliveries of each subscription are in which state."""
        rows = self._connection.execute(
            "SELECT subscription, state, count(*) FROM deliveries GROUP BY subscription, state"
        )
        counts: dict[str, dict[str, int]] = {}
        for subscription, state, count in rows:
            counts.setdefault(subscription, {})[state] = count
        return counts

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _tried(self, delivery: Delivery, state: str, outcome: str, now: float, due: float) -> None:
        with self._connection as connection:
            connection.execute(
                "UPDATE deliveries SET state = ?, outcome = ?, tried = ?, due = ?, "
                "attempts = attempts + 1 WHERE number = ?",
                (state, outcome, now, due, delivery.number),
            )

    def _forget(self, before: float) -> None:
        with self._connection as connection:
            old = "SELECT number FROM events WHERE published < ?"
            connection.execute(f"DELETE FROM deliveries WHERE event IN ({old})", (before,))  # noqa: S608 - A constant.
            connection.execute("DELETE FROM events WHERE published < ?", (before,))
