"""Where the control plane remembers: JSON documents in one SQLite file, safe between threads."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, body TEXT NOT NULL,
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    UNIQUE (kind, name, version)
)
"""
_UPSERT = """
INSERT INTO documents (kind, name, version, body) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, name, version) DO UPDATE SET body = excluded.body
"""


class Store:
    """Documents by kind, name and version ("" where a kind has none), oldest first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(_SCHEMA)

    def put(self, kind: str, name: str, body: dict[str, Any], version: str = "") -> None:
        """Store or replace a document."""
        self._rows(_UPSERT, kind, name, version, json.dumps(body))

    def get(self, kind: str, name: str, version: str = "") -> dict[str, Any] | None:
        """One document, or None."""
        rows = self._rows(
            "SELECT body FROM documents WHERE kind = ? AND name = ? AND version = ?",
            kind,
            name,
            version,
        )
        return json.loads(rows[0][0]) if rows else None

    def names(self, kind: str) -> list[str]:
        """The distinct names of a kind."""
        rows = self._rows(
            "SELECT name FROM documents WHERE kind = ? GROUP BY name ORDER BY MIN(place)", kind
        )
        return [row[0] for row in rows]

    def versions(self, kind: str, name: str) -> list[str]:
        """The versions of a name."""
        rows = self._rows(
            "SELECT version FROM documents WHERE kind = ? AND name = ? ORDER BY place", kind, name
        )
        return [row[0] for row in rows]

    def delete(self, kind: str, name: str, version: str = "") -> None:
        """Forget a document; one that is not there is forgotten."""
        self._rows(
            "DELETE FROM documents WHERE kind = ? AND name = ? AND version = ?",
            kind,
            name,
            version,
        )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _rows(self, statement: str, *values: str) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()
