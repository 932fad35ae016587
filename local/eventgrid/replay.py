"""What was published, published again: later, several times, in another order.

Each copy gets message ids of its own, as when a publisher repeats itself. So duplicate detection
does not hide it from whoever has to bear it.
"""

import random
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from local.eventgrid.schemas import Event, event_type


class Replay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often, and which: events whose type begins with one of `types`. A seed is an order."""

    times: Annotated[int, Meta(ge=1, le=20)] = 1
    types: tuple[str, ...] = ("",)
    seed: int = 0


def replayed(published: Sequence[tuple[str, Event]], wish: Replay) -> list[tuple[str, Event]]:
    """The events with their topics, in the order in which to publish them again."""
    chosen = [pair for pair in published if event_type(pair[1]).startswith(wish.types)]
    again = chosen * wish.times
    random.Random(wish.seed).shuffle(again)  # noqa: S311 - Repeatable on purpose.
    return again
