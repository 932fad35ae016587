"""To end waiting, never working: what is awaited here is dropped when the host stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_BETWEEN_CANCELLATIONS = 0.5  # Seconds.


class Stopped(Exception):  # noqa: N818 - An expected end, not an error.
    """The host stops; nothing new may begin."""


class Stop:
    """Told once; everything that waits through it then ends."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        """End all waiting."""
        self._told.set()

    async def told(self) -> None:
        """Wait for the end."""
        await self._told.wait()

    async def sleep(self, seconds: float) -> None:
        """Wait for so long. Raises Stopped on the end."""
        await self.unless(asyncio.sleep(seconds))

    async def unless(self, waiting: Coroutine[Any, Any, T]) -> T:
        """The result of the waiting; what has come is handed over even when the end has too.

        Raises Stopped on the end, after the waiting has been cancelled.
        """
        if self._told.is_set():
            waiting.close()
            raise Stopped
        task = asyncio.create_task(waiting)
        told = asyncio.create_task(self._told.wait())
        try:
            await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            await _end(task)
        if task.cancelled():
            raise Stopped
        return task.result()


async def _end(task: asyncio.Task[Any]) -> None:
    """Cancel until it is done: `wait_for` of Python 3.11 may lose a cancellation to a result."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_BETWEEN_CANCELLATIONS)
