"""Deadlines by key, with the earliest at hand: a heap whose outdated entries are skipped."""

import heapq
from collections.abc import Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", str, int)


class Alarms(Generic[Key]):
    """At most one deadline a key; setting it again moves it."""

    def __init__(self) -> None:
        self._at: dict[Key, float] = {}
        self._heap: list[tuple[float, Key]] = []

    def __getitem__(self, key: Key) -> float:
        return self._at[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._at

    def set(self, key: Key, at: float) -> None:
        """Ring for `key` at that time, and no longer at an earlier set one."""
        self._at[key] = at
        heapq.heappush(self._heap, (at, key))

    def cancel(self, key: Key) -> None:
        """Never ring for `key`; it is fine if it was not set."""
        self._at.pop(key, None)

    def next(self) -> float | None:
        """The earliest deadline, or None when nothing is set."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> Iterator[Key]:
        """Takes out and gives the keys whose time has come, earliest first."""
        while (at := self.next()) is not None and at <= now:
            _, key = heapq.heappop(self._heap)
            del self._at[key]
            yield key
