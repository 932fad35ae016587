"""Messages that are ready to be received, in lanes: one a session, or a single one without."""

import heapq
from collections.abc import Container

from local.servicebus.messages import Message


class Backlog:
    """Every lane gives its lowest sequence number first.

    An abandoned message keeps its number and so comes back before its successors, which is what
    makes a session first-in-first-out.
    """

    def __init__(self) -> None:
        self._lanes: dict[str | None, list[tuple[int, Message]]] = {}

    def push(self, lane: str | None, message: Message) -> None:
        """Make a message ready in its lane."""
        heapq.heappush(self._lanes.setdefault(lane, []), (message.sequence, message))

    def pop(self, lane: str | None) -> Message | None:
        """Take the lane's first message, or None when it has none."""
        ready = self._lanes.get(lane)
        if not ready:
            return None
        _, message = heapq.heappop(ready)
        if not ready:
            del self._lanes[lane]
        return message

    def first_lane(self, taken: Container[str | None]) -> str | None:
        """Of the sessions not taken, the one whose first message has waited longest."""
        free = (
            (ready[0][0], lane)
            for lane, ready in self._lanes.items()
            if lane is not None and lane not in taken
        )
        return min(free, default=(0, None))[1]
