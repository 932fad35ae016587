"""Subscribers in memory: each post is kept, or fails as whoever plays the subscriber says."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from decisions.ports import Delivery


class MemoryWebhooks:
    """Port `Webhooks`; the next posts raise what stands in `failures`."""

    def __init__(self, *names: str) -> None:
        self.received: list[Delivery] = []
        self.failures: deque[Exception] = deque()
        self._names = names

    def subscribers(self, kind: str) -> Sequence[str]:  # noqa: ARG002 - All want to hear all.
        """Everybody."""
        return self._names

    def post(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002 - Nothing is signed.
        """Keep it, or fail."""
        if self.failures:
            raise self.failures.popleft()
        self.received.append(delivery)
