"""What is kept of each container group, so that it is there again after a restart."""

from typing import Any

import msgspec

from local.cloud.containers.addresses import Address
from local.cloud.store import Store

_KIND = "containerGroups"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A container group: what was asked for, and how far that has come.

    `state` is its provisioning state, `operation` the long-running one that it is in or was in
    last, `problem` why it failed.
    """

    id: str
    body: dict[str, Any]
    state: str
    operation: str
    address: Address | None = None
    stopped: bool = False
    problem: str | None = None

    @property
    def key(self) -> str:
        """The id as it is compared."""
        return self.id.lower()

    @property
    def name(self) -> str:
        """The group's name."""
        return self.id.rpartition("/")[2]


class Records:
    """All container groups that there are."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, key: str) -> Record | None:
        """A group by its id in lower case."""
        document = self._store.get(_KIND, key)
        return None if document is None else msgspec.convert(document, Record, str_keys=True)

    def all(self) -> list[Record]:
        """Every group, the oldest first."""
        found = (self.find(key) for key in self._store.names(_KIND))
        return [record for record in found if record is not None]

    def save(self, record: Record) -> None:
        """Keep a group as it is now."""
        self._store.put(_KIND, record.key, msgspec.to_builtins(record, str_keys=True))

    def forget(self, key: str) -> None:
        """Keep a group no longer."""
        self._store.delete(_KIND, key)
