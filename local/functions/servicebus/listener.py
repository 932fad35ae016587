"""Receiving for one function: something always waits while fewer than the limit are at work."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from azure.servicebus.aio import ServiceBusClient

from local.functions.stopping import Stop, Stopped

T = TypeVar("T")
_SHORTEST_DELAY, _LONGEST_DELAY = 0.1, 5.0
_log = logging.getLogger("host.servicebus")


class Source(Protocol):
    """Where work comes from: single messages, or whole sessions."""

    fetchers: int

    async def next(self) -> Coroutine[Any, Any, None]:
        """Wait for work; the coroutine does it. Raises Stopped or the client's errors."""

    async def close(self) -> None:
        """Let go of what is still open."""


class Listener:
    """Fetches and works until the stop; a connection that fails is tried again and again."""

    def __init__(
        self, client: ServiceBusClient, queue: str, source: Source, limit: int, stop: Stop
    ) -> None:
        self._client = client
        self._queue = queue
        self._source = source
        self._free = asyncio.Semaphore(limit)
        self._fetchers = min(limit, source.fetchers)
        self._stop = stop
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Receive until the stop, then finish what has begun."""
        try:
            await self._patiently(self._reach)
            self.ready.set()
            async with asyncio.TaskGroup() as group:
                for _ in range(self._fetchers):
                    group.create_task(self._fetch(group))
        except Stopped:
            _log.info("%s was not reached before the host stopped", self._queue)
        finally:
            await self._source.close()
            await self._client.close()

    async def _reach(self) -> None:
        """A sender link is the quickest way to learn that the namespace and the queue are there."""
        sender = self._client.get_queue_sender(self._queue)
        try:
            await self._stop.unless(sender.__aenter__())
        finally:
            await sender.close()

    async def _fetch(self, group: asyncio.TaskGroup) -> None:
        try:
            while True:
                await self._stop.unless(self._free.acquire())
                work = await self._patiently(self._source.next)
                group.create_task(self._finish(work))
        except Stopped:
            return

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - The client raises more than its own errors.
            _log.warning("%s: a message will come again: %s", self._queue, error)
        finally:
            self._free.release()

    async def _patiently(self, attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the first attempt that succeeds. Raises Stopped."""
        delay = _SHORTEST_DELAY
        while True:
            try:
                return await attempt()
            except Stopped:
                raise
            except Exception as error:  # noqa: BLE001 - As above; the broker may be restarting.
                _log.warning("%s is not reached, next try in %g s: %s", self._queue, delay, error)
            await self._stop.sleep(delay)
            delay = min(2 * delay, _LONGEST_DELAY)
