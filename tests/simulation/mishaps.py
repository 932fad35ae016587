"""What goes wrong at the calls of ports: deaths, outages, stale answers, and another host.

Every mishap is drawn from one seeded source, so that a seed tells the same story again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from decisions.errors import Transient

# These answers come from services that are only consistent in the end.
_STALE = frozenset({"training.look", "registry.find", "endpoints.look"})


class Crash(BaseException):
    """The process is gone; no handler may catch it."""


@dataclass
class Mishaps:
    """How often, of a call of any port, what goes wrong; `fates` kills at the calls it names.

    The worst day ends after so many calls as `lasts` says: work that still fails at its 300th try
    is parked, which is right, and no story that ends well.
    """

    random: Random = field(default_factory=lambda: Random(0))
    crashes: float = 0
    outages: float = 0
    stale: float = 0
    others: float = 0
    fates: dict[int, str] = field(default_factory=dict)
    lasts: int = 20_000
    calls: int = 0
    other_host: Callable[[], None] = lambda: None
    _known: dict[tuple[str, Any], Any] = field(default_factory=dict)
    _elsewhere: bool = False

    def around(self, what: str, call: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """Make a call, or not, or make it in vain."""
        self.calls += 1
        self._let_others_act()
        fate = self.fates.get(self.calls) or self._drawn(self.crashes)
        trouble = self._drawn(self.outages)
        if fate == "before":
            raise Crash(what)
        if trouble == "before":
            raise Transient(f"{what} is throttled")
        result = self._maybe_stale(what, call(), args)
        if fate == "after":
            raise Crash(what)
        if trouble == "after":
            raise Transient(f"the answer of {what} was lost")
        return result

    def _drawn(self, odds: float) -> str | None:
        strikes = self.random.random() < odds and self.calls < self.lasts
        return self.random.choice(["before", "after"]) if strikes else None

    def _maybe_stale(self, what: str, answer: Any, args: tuple[Any, ...]) -> Any:
        """The answer that a service gave the time before, or none at all, if it is stale now."""
        if what not in _STALE:
            return answer
        before, self._known[what, args] = self._known.get((what, args)), answer
        return before if self.random.random() < self.stale else answer

    def _let_others_act(self) -> None:
        """Whatever this host has read is old when it goes on."""
        if self._elsewhere or self.random.random() >= self.others:
            return
        if threading.current_thread() is threading.main_thread():
            self._elsewhere = True
            try:
                self.other_host()
            finally:
                self._elsewhere = False
