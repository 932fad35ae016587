"""The container groups that there are, and what runs for them."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from local.cloud.containers.addresses import Address, choose
from local.cloud.containers.bodies import check_update, completed, ports
from local.cloud.containers.group import Group
from local.cloud.containers.planning import Planner
from local.cloud.containers.records import Record, Records
from local.cloud.errors import Refused
from local.cloud.ids import ResourceId
from local.cloud.operations import Operations

logger = logging.getLogger(__name__)

_AT_ONCE = 8
_STEADY = frozenset({"Succeeded", "Failed"})
# Long enough for what an earlier run of this program left behind to be gone.
_ADDRESS_SECONDS = 5.0


class Groups:
    """Container groups: asked for, provisioned in the background, kept through restarts."""

    def __init__(
        self, records: Records, operations: Operations, planner: Planner, folder: Path
    ) -> None:
        self.records = records
        self._operations = operations
        self._planner = planner
        self._folder = folder
        self._lock = threading.Lock()
        self._running: dict[str, Group] = {}
        self._closing = threading.Event()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="groups")

    def open(self) -> None:
        """Run again what ran when this program ended, and finish what it was about to do."""
        for record in self.records.all():
            if record.state == "Deleting":
                self._later(self._delete, record.key, 0.0)
            elif record.state != "Failed" and not record.stopped:
                self._later(self._provision, record.key, 0.0)

    def close(self) -> None:
        """End all processes; the groups stay."""
        self._closing.set()
        self._pool.shutdown()
        for group in self._running.values():
            group.ask_to_stop()
        for group in self._running.values():
            group.stop()

    def put(
        self, resource: ResourceId, body: dict[str, Any], slow: float, failure: str | None
    ) -> tuple[Record, bool]:
        """Create a group or replace it, which restarts it; gives it and whether it is new."""
        self._planner.check(resource.name, body)
        with self._lock:
            known = self.records.find(resource.key)
            wanted = completed(body)
            if known is not None:
                _check_steady(known)
                check_update(known.name, known.body, wanted)
            record = Record(
                id=known.id if known else str(resource),
                body=wanted,
                state="Pending",
                operation=self._operations.start(str(resource)),
                address=known.address if known else None,
            )
            self.records.save(record)
        self._later(self._provision, record.key, slow, failure)
        return record, known is None

    def describe(self, key: str, tags: dict[str, str]) -> Record:
        """Give a group other tags, which leaves its containers alone."""
        with self._lock:
            record = self.found(key)
            record = replace(record, body={**record.body, "tags": tags})
            self.records.save(record)
        return record

    def delete(self, key: str, slow: float) -> Record:
        """Begin to delete a group."""
        record = self._begin(key, state="Deleting")
        self._later(self._delete, key, slow)
        return record

    def start(self, key: str, slow: float) -> Record:
        """Begin to start a group that was stopped; one that runs is left alone."""
        if not self.found(key).stopped:
            return self.found(key)
        record = self._begin(key, state="Pending", stopped=False)
        self._later(self._provision, key, slow)
        return record

    def stop(self, key: str) -> None:
        """Stop a group's containers."""
        self._begin(key, state="Pending", stopped=True)
        self._halt(key)
        self._end(key)

    def restart(self, key: str) -> None:
        """Stop a group's containers and start them again."""
        self._begin(key, state="Pending", stopped=False)
        self._provision(key, 0.0)

    def found(self, key: str) -> Record:
        """A group that is there. Raises KeyError."""
        record = self.records.find(key)
        if record is None:
            raise KeyError(key)
        return record

    def running(self, key: str) -> Group | None:
        """What runs for a group now."""
        return self._running.get(key)

    def folder(self, key: str) -> Path:
        """Where a group's containers work and log."""
        return self._folder / sha256(key.encode()).hexdigest()[:32]

    def _begin(self, key: str, **changes: Any) -> Record:
        """Enter a transition. Raises Refused (409) while the group is in another one."""
        with self._lock:
            record = self.found(key)
            _check_steady(record)
            operation = self._operations.start(record.id)
            record = replace(record, operation=operation, **changes)
            self.records.save(record)
        return record

    def _end(self, key: str, problem: str | None = None, address: Address | None = None) -> None:
        with self._lock:
            record = self.found(key)
            record = replace(
                record,
                state="Failed" if problem else "Succeeded",
                problem=problem,
                address=address or record.address,
            )
            self.records.save(record)
        self._operations.end(record.operation, problem)

    def _provision(self, key: str, slow: float, failure: str | None = None) -> None:
        self._halt(key)
        if self._closing.wait(slow):
            return
        if failure:
            self._end(key, failure)
            return
        record = self.found(key)
        address = _address(record)
        group = Group(self._planner.plans(record.body, address, self.folder(key)))
        self._running[key] = group
        group.start()
        self._end(key, address=address)

    def _delete(self, key: str, slow: float) -> None:
        self._halt(key)
        if self._closing.wait(slow):
            return
        operation = self.found(key).operation
        shutil.rmtree(self.folder(key), ignore_errors=True)
        self.records.forget(key)
        self._operations.end(operation)

    def _halt(self, key: str) -> None:
        if group := self._running.pop(key, None):
            group.stop()

    def _later(self, work: Callable[..., None], key: str, *arguments: Any) -> None:
        self._pool.submit(self._tried, work, key, *arguments)

    def _tried(self, work: Callable[..., None], key: str, *arguments: Any) -> None:
        """Do it so that no failure vanishes in the pool."""
        try:
            work(key, *arguments)
        except Exception as error:
            logger.exception("The container group %s could not be changed.", key)
            self._end(key, f"The miniature Azure itself failed: {error}")


def _check_steady(record: Record) -> None:
    if record.state not in _STEADY:
        raise Refused(
            409,
            "ContainerGroupTransitioning",
            f"The container group '{record.name}' is still transitioning, please retry later.",
        )


def _address(record: Record) -> Address:
    """The address that a group had, once it is free, or else a new one."""
    wanted = ports(record.body)
    known = record.address
    if known is None or set(known.ports) != set(wanted):
        return choose(record.key, wanted)
    deadline = time.monotonic() + _ADDRESS_SECONDS
    while not known.free:
        if time.monotonic() > deadline:
            return choose(record.key, wanted)
        time.sleep(0.05)
    return known
