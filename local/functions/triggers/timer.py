"""Timer triggers: their data, and the status that outlives the process.

Source of the rules: Azure/azure-webjobs-sdk-extensions, `TimerListener.cs` and
`ScheduleMonitor.cs` (MIT). Schedules run in UTC, as on Linux in Azure.
"""

import json
from datetime import datetime
from pathlib import Path

import msgspec
from azure.functions.meta import Datum

from decisions.ncrontab import Schedule


class Status(msgspec.Struct, frozen=True, rename="pascal"):
    """When a timer last ran and next runs; `last` is None before the first run."""

    last: datetime | None
    next: datetime | None
    last_updated: datetime


def timer_data(status: Status | None, *, past_due: bool = False) -> Datum:
    """The data of one run; unmonitored timers have no status."""
    document = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": None if status is None else msgspec.to_builtins(status),
        "IsPastDue": past_due,
    }
    return Datum(json.dumps(document), "json")


def resume(recorded: Status | None, schedule: Schedule, now: datetime) -> Status:
    """The status to go on with: a run is past due when its `next` has gone by.

    After a change of the schedule the recorded `next` says nothing; no run counts as missed then.
    """
    if recorded is not None:
        since = recorded.last or recorded.last_updated
        if recorded.next == schedule.next_after(since):
            return recorded
    return Status(None, schedule.next_after(now), now)


def load(path: Path) -> Status | None:
    """The recorded status, or None; an unreadable one counts as none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Status)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def save(path: Path, status: Status) -> None:
    """Record the status; a crash leaves the old one or the new one."""
    draft = path.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(status))
    draft.replace(path)
