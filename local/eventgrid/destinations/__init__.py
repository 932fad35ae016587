"""Where deliveries go: queues and webhooks, and a container for those that were given up."""

from collections.abc import Sequence
from typing import Protocol

from local.eventgrid.store import Delivery


class Destination(Protocol):
    """What the dispatcher asks of a destination."""

    # The answers after which there is no second try.
    never: frozenset[int]

    async def open(self) -> None:
        """Get ready for deliveries, for as long as that takes."""

    async def deliver(self, deliveries: Sequence[Delivery]) -> list[int]:
        """Try to deliver; one HTTP status for each, in order. Never raises for a failure."""

    async def close(self) -> None:
        """Let go of connections."""
