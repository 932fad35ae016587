"""Long-running operations: what a client polls while a resource becomes what was asked for."""

import uuid
from datetime import UTC, datetime
from typing import Any

from local.cloud.store import Store

_KIND = "operations"


def now() -> str:
    """This moment, as Azure writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Operations:
    """Operations by their id; kept, so that a client may go on polling after a restart."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, resource: str) -> str:
        """Open an operation on a resource; gives its id."""
        name = str(uuid.uuid4())
        body = {"name": name, "resourceId": resource, "status": "InProgress", "startTime": now()}
        self._store.put(_KIND, name, body)
        return name

    def end(self, name: str, problem: str | None = None) -> None:
        """Close an operation, with success unless there was a problem; a closed one stays so."""
        body = self._store.get(_KIND, name)
        if body is None or body["status"] != "InProgress":
            return
        body |= {"status": "Failed" if problem else "Succeeded", "endTime": now()}
        if problem:
            body["error"] = {"code": "OperationFailed", "message": problem}
        self._store.put(_KIND, name, body)

    def find(self, name: str) -> dict[str, Any] | None:
        """An operation as it is now."""
        return self._store.get(_KIND, name)
