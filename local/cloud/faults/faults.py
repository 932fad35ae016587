"""Faults: which calls they strike, for how long, and how many."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec

Kind = Literal["throttle", "forbid", "slow", "fail", "stale"]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call to a service, as faults see it."""

    service: str
    method: str
    path: str
    principal: str


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of trouble for the calls that it fits.

    `service` is arm, mlflow or history; `path` a pattern with `*`, in any case. It strikes until it
    did so `times` times or `seconds` are over, whichever is first; without either, until removed.
    `retry_after` belongs to throttle, `delay` to slow, `reason` to fail.
    """

    kind: Kind
    service: str = "*"
    method: str = "*"
    path: str = "*"
    principal: str = "*"
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    seconds: Seconds | None = None
    retry_after: Annotated[int, msgspec.Meta(ge=0)] = 1
    delay: Seconds = 0.0
    reason: str = "Somebody asked for this to fail."

    def fits(self, call: Call) -> bool:
        """Whether this fault is meant for a call."""
        pairs = (
            (call.service, self.service),
            (call.method, self.method),
            (call.path, self.path),
            (call.principal, self.principal),
        )
        return all(fnmatchcase(value.lower(), pattern.lower()) for value, pattern in pairs)


@dataclass
class _Active:
    fault: Fault
    ends: float | None
    left: int | None

    def lasts(self, now: float) -> bool:
        return self.left != 0 and (self.ends is None or now < self.ends)


class Faults:
    """The faults that are on; safe between threads. None survives a restart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._active: dict[int, _Active] = {}
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> int:
        """Switch a fault on; gives its number."""
        ends = None if fault.seconds is None else self._clock() + fault.seconds
        with self._lock:
            number = next(self._ids)
            self._active[number] = _Active(fault=fault, ends=ends, left=fault.times)
        return number

    def all(self) -> dict[int, Fault]:
        """The faults that can still strike, by number."""
        with self._lock:
            return {number: one.fault for number, one in self._lasting().items()}

    def remove(self, number: int) -> bool:
        """Switch one off; whether it was on."""
        with self._lock:
            return self._active.pop(number, None) is not None

    def clear(self) -> None:
        """Switch all off."""
        with self._lock:
            self._active.clear()

    def strike(self, kind: Kind, call: Call) -> Fault | None:
        """The fault of a kind that strikes a call, counted as one of its times."""
        with self._lock:
            found = self._found(kind, call)
            if found is not None and found.left is not None:
                found.left -= 1
            return found.fault if found else None

    def looms(self, kind: Kind, call: Call) -> bool:
        """Whether a fault of a kind would strike a call."""
        with self._lock:
            return self._found(kind, call) is not None

    def _found(self, kind: Kind, call: Call) -> _Active | None:
        fitting = (
            one
            for one in self._lasting().values()
            if one.fault.kind == kind and one.fault.fits(call)
        )
        return next(fitting, None)

    def _lasting(self) -> dict[int, _Active]:
        now = self._clock()
        self._active = {number: one for number, one in self._active.items() if one.lasts(now)}
        return self._active
