"""A queue without sessions: each message that is worked on has a receiver of its own.

A client's receiver does one thing at a time on its connection: a settlement beside a waiting
receive would wait for it. So a receiver that waits and one that works are never the same, and one
whose work is done rests until it is used again.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver

from local.functions.servicebus.work import Work, close
from local.functions.stopping import Stop, Stopped

_LONGEST_WAIT = 60.0  # Seconds; then the client asks again.


class Messages:
    """Takes single messages off a queue."""

    fetchers = 2  # While one opens a new receiver, which takes 0.2 s, the other waits.

    def __init__(
        self, client: ServiceBusClient, queue: str, prefetch: int, work: Work, stop: Stop
    ) -> None:
        self._client = client
        self._queue = queue
        self._prefetch = prefetch
        self._work = work
        self._stop = stop
        self._resting: list[ServiceBusReceiver] = []

    async def next(self) -> Coroutine[Any, Any, None]:
        """Wait for a message; what is to be done with it. Raises Stopped or the client's errors."""
        receiver = self._resting.pop() if self._resting else self._receiver()
        try:
            while True:
                received = await self._stop.unless(
                    receiver.receive_messages(max_message_count=1, max_wait_time=_LONGEST_WAIT)
                )
                if received:
                    return self._do(receiver, received[0])
        except Stopped:
            self._resting.append(receiver)
            raise
        except BaseException:
            await close(receiver)
            await self.close()  # Their connections most likely broke with this one.
            raise

    async def close(self) -> None:
        """Close the receivers that rest."""
        resting, self._resting = self._resting, []
        await asyncio.gather(*(close(receiver) for receiver in resting))

    def _receiver(self) -> ServiceBusReceiver:
        return self._client.get_queue_receiver(self._queue, prefetch_count=self._prefetch)

    async def _do(self, receiver: ServiceBusReceiver, message: Any) -> None:
        try:
            await self._work.do(receiver, message)
        except BaseException:
            await close(receiver)
            raise
        self._resting.append(receiver)
