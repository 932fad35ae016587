"""What survives the process: one SQLite file in write-ahead mode.

Every call is committed when it returns, or with the `transaction` around it; that is the promise
that an accepted message is a stored one. `synchronous = NORMAL` keeps it through the death of the
process (SIGKILL included), not through the loss of power: an emulator's bargain, which saves a
disk flush a message. Locks are deliberately not stored: a restart releases them.

An error of SQLite is not handled: from then on memory and file may differ, so the process ends.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.servicebus.messages import Message, MessageState

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    queue TEXT, sequence INTEGER, payload BLOB, enqueued_at REAL, message_id TEXT,
    session_id TEXT, due REAL, state INTEGER, delivery_count INTEGER,
    dead_letter_reason TEXT, dead_letter_description TEXT,
    PRIMARY KEY (queue, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences (queue TEXT PRIMARY KEY, last INTEGER);
CREATE TABLE IF NOT EXISTS seen (
    queue TEXT, message_id TEXT, at REAL, PRIMARY KEY (queue, message_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session_states (
    queue TEXT, session_id TEXT, state BLOB, PRIMARY KEY (queue, session_id)) WITHOUT ROWID;
"""


class Store:
    """The file behind a broker; only one process may have it open."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=1)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is stored, or none of it."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def messages(self, queue: str) -> list[Message]:
        """All messages of a queue in the order of their numbers."""
        rows = self._db.execute(
            "SELECT * FROM messages WHERE queue = ? ORDER BY sequence", (queue,)
        )
        return [_message(**row) for row in rows]

    def save(self, queue: str, message: Message) -> None:
        """Store a message as it now is, new or not."""
        self._db.execute(
            "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                queue,
                message.sequence,
                message.payload,
                message.enqueued_at,
                message.message_id,
                message.session_id,
                message.due,
                message.state,
                message.delivery_count,
                message.dead_letter_reason,
                message.dead_letter_description,
            ),
        )

    def delete(self, queue: str, sequence: int) -> None:
        """Forget a message."""
        self._db.execute("DELETE FROM messages WHERE queue = ? AND sequence = ?", (queue, sequence))

    def last_sequence(self, queue: str) -> int:
        """The highest number that the queue ever gave, deleted messages included."""
        rows = self._db.execute("SELECT last FROM sequences WHERE queue = ?", (queue,)).fetchall()
        return int(rows[0]["last"]) if rows else 0

    def set_last_sequence(self, queue: str, last: int) -> None:
        """Record that numbers up to `last` are given."""
        self._db.execute("INSERT OR REPLACE INTO sequences VALUES (?, ?)", (queue, last))

    def remembered(self, queue: str) -> dict[str, float]:
        """The message ids seen by a queue with their times, oldest first."""
        return dict(
            self._db.execute(
                "SELECT message_id, at FROM seen WHERE queue = ? ORDER BY at", (queue,)
            )
        )

    def remember(self, queue: str, message_id: str, at: float) -> None:
        """Record that the queue saw an id."""
        self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", (queue, message_id, at))

    def forget(self, queue: str, message_id: str) -> None:
        """The id may come again."""
        self._db.execute("DELETE FROM seen WHERE queue = ? AND message_id = ?", (queue, message_id))

    def session_state(self, queue: str, session_id: str) -> bytes | None:
        """The state kept for a session, or None."""
        rows = self._db.execute(
            "SELECT state FROM session_states WHERE queue = ? AND session_id = ?",
            (queue, session_id),
        ).fetchall()
        return bytes(rows[0]["state"]) if rows else None

    def set_session_state(self, queue: str, session_id: str, state: bytes | None) -> None:
        """Keep a state for a session; None forgets it."""
        if state is None:
            self._db.execute(
                "DELETE FROM session_states WHERE queue = ? AND session_id = ?", (queue, session_id)
            )
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO session_states VALUES (?, ?, ?)", (queue, session_id, state)
            )


def _message(*, queue: str, state: int, **columns: Any) -> Message:  # noqa: ARG001 - Not a field.
    return Message(state=MessageState(state), **columns)
