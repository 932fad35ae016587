"""What all connections share: the broker, the links that wait for messages, and the one alarm.

The front works in turns. A turn is some bytes from one client, or the alarm; at its end the time
passes in the broker, every waiting link is offered what is ready, and all connections write what
they have to say. So nothing needs to know who might be interested in a change, and no wake-up can
be missed; between turns the process sleeps.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from typing import Protocol

from local.servicebus.broker import Broker


class Waiter(Protocol):
    """A link that takes messages, or a session, when there are some."""

    @property
    def deadline(self) -> float | None:
        """When it must be offered to even if nothing happens."""

    def offer(self, now: float) -> None:
        """Take what is wanted and there."""


class Writer(Protocol):
    """A connection."""

    @property
    def deadline(self) -> float | None:
        """When it must write even if nothing happens: its next heartbeat."""

    def flush(self, now: float) -> None:
        """Write what the turn has left to be said."""


class Hub:
    """The shared state of a server; `clock` gives seconds since the epoch."""

    def __init__(self, broker: Broker, clock: Callable[[], float]) -> None:
        self.broker = broker
        self.clock = clock
        self.numbers = itertools.count(1)
        self.writers: set[Writer] = set()
        self._waiters: deque[Waiter] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    def add(self, waiter: Waiter) -> None:
        """Offer to this link too, from the end of this turn on."""
        self._waiters.append(waiter)

    def discard(self, waiter: Waiter) -> None:
        """Offer nothing more to this link; it is fine if it was not added."""
        if waiter in self._waiters:
            self._waiters.remove(waiter)

    def turn(self) -> None:
        """End a turn, and set the alarm for the next thing that time alone will bring."""
        now = self.clock()
        self.broker.tick(now)
        self._waiters.rotate()  # Competing receivers take the first pick in rotation.
        for waiter in tuple(self._waiters):
            waiter.offer(now)
        for writer in tuple(self.writers):
            writer.flush(now)
        self._set_alarm(now)

    def _set_alarm(self, now: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        deadlines = [self.broker.next_deadline()]
        deadlines += [waiter.deadline for waiter in self._waiters]
        deadlines += [writer.deadline for writer in self.writers]
        at = min((at for at in deadlines if at is not None), default=None)
        loop = asyncio.get_running_loop()
        self._alarm = None if at is None else loop.call_later(max(0, at - now), self.turn)
