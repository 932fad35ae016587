"""Timers: one instance of each over all hosts that share the data folder, never two runs at once.

A lock on a file takes the part of Azure's blob lease: it goes with the process that held it.
"""

import fcntl
import logging
from datetime import UTC, datetime
from pathlib import Path

from decisions.ncrontab import Schedule
from local.functions.indexing import Function
from local.functions.invocation import Invoker
from local.functions.stopping import Stop, Stopped
from local.functions.triggers.timer import Status, load, resume, save, timer_data

_LONGEST_SLEEP = 60.0  # Seconds; then the clock of the wall is read again.
_BETWEEN_TRIES = 2.0  # Seconds between two tries to become the one instance.
_log = logging.getLogger("host.timer")


class Timer:
    """Runs one function by its schedule, until the stop."""

    def __init__(
        self, function: Function, schedule: Schedule, folder: Path, invoker: Invoker, stop: Stop
    ) -> None:
        self._function = function
        self._schedule = schedule
        self._path = folder / f"{function.name}.json"
        self._invoker = invoker
        self._stop = stop
        trigger = function.trigger
        self._monitored = trigger.get("useMonitor") is not False and not schedule.within_a_minute
        self._at_start = trigger.get("runOnStartup") is True

    async def run(self) -> None:
        """Run on schedule until the stop."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._path.with_suffix(".lock").open("a") as lock:
                while not _locked(lock.fileno()):
                    await self._stop.sleep(_BETWEEN_TRIES)
                await self._keep_time()
        except Stopped:
            return

    async def _keep_time(self) -> None:
        now = datetime.now(UTC)
        status = resume(load(self._path) if self._monitored else None, self._schedule, now)
        self._record(status)
        if status.next is not None and status.next < now:
            status = await self._fire(status, past_due=True)
        elif self._at_start:
            status = await self._fire(status)
        while status.next is not None:
            await self._sleep_until(status.next)
            status = await self._fire(status)
        _log.warning("the schedule of %s never occurs", self._function.name)

    async def _fire(self, status: Status, *, past_due: bool = False) -> Status:
        """Run the function; the status is recorded after it, so that a killed run comes again."""
        started = datetime.now(UTC)
        shown = status if self._monitored else None
        await self._invoker.invoke(self._function, timer_data(shown, past_due=past_due))
        done = Status(started, self._schedule.next_after(started), datetime.now(UTC))
        self._record(done)
        return done

    async def _sleep_until(self, instant: datetime) -> None:
        while (left := (instant - datetime.now(UTC)).total_seconds()) > 0:
            await self._stop.sleep(min(left, _LONGEST_SLEEP))

    def _record(self, status: Status) -> None:
        if self._monitored:
            save(self._path, status)


def _locked(file: int) -> bool:
    """Whether this process now holds the lock; it ends with the file or the process."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
