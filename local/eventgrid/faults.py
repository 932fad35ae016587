"""Trouble on demand: events that are dropped, late, repeated or out of order.

A miniature that always delivers once, at once and in order hides what Event Grid does.
"""

import random
from typing import Annotated

import msgspec
from msgspec import Meta


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to events whose type begins with one of `types`.

    A share `drop` of them is never delivered. The others are due after `delay` seconds and a
    random time up to `shuffle` seconds, `1 + repeat` times, each copy with a message id of its own
    as after a second publication. The same seed has the same fate for the same events.
    """

    types: tuple[str, ...] = ("",)
    drop: Annotated[float, Meta(ge=0, le=1)] = 0.0
    delay: Annotated[float, Meta(ge=0)] = 0.0
    repeat: Annotated[int, Meta(ge=0, le=100)] = 0
    shuffle: Annotated[float, Meta(ge=0)] = 0.0
    seed: int = 0


class Fate:
    """Decides for each event how often, and after how many seconds, it is delivered."""

    def __init__(self, faults: Faults = Faults()) -> None:  # noqa: B008 - Frozen.
        self.faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 - Repeatable on purpose.

    def delays(self, event_type: str) -> list[float]:
        """One number of seconds for each delivery; none for an event that is lost."""
        faults = self.faults
        if not event_type.startswith(faults.types):
            return [0.0]
        if self._random.random() < faults.drop:
            return []
        return [
            faults.delay + self._random.uniform(0, faults.shuffle) for _ in range(1 + faults.repeat)
        ]
