"""A queue with sessions: the messages of one session are worked on one at a time, in order."""

import os
from collections.abc import Coroutine
from typing import Any

from azure.servicebus import NEXT_AVAILABLE_SESSION
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import OperationTimeoutError

from local.functions.servicebus.work import Work, close
from local.functions.stopping import Stop, Stopped

_LONGEST_ACCEPT = 60.0  # Seconds; then the client asks again.


class Sessions:
    """Takes whole sessions off a queue, and gives one back when it has been idle for long."""

    fetchers = 2 * (os.cpu_count() or 1)  # As many as .NET's processor accepts at once.

    def __init__(
        self,
        client: ServiceBusClient,
        queue: str,
        idle: float,
        prefetch: int,
        work: Work,
        stop: Stop,
    ) -> None:
        self._client = client
        self._queue = queue
        self._idle = idle
        self._prefetch = prefetch
        self._work = work
        self._stop = stop

    async def next(self) -> Coroutine[Any, Any, None]:
        """Wait for a session; what is to be done with it. Raises Stopped or the client's errors."""
        while True:
            receiver = self._client.get_queue_receiver(
                self._queue,
                session_id=NEXT_AVAILABLE_SESSION,
                max_wait_time=_LONGEST_ACCEPT,
                prefetch_count=self._prefetch,
            )
            try:
                await self._stop.unless(receiver.__aenter__())
            except OperationTimeoutError:
                await close(receiver)
            except BaseException:
                await close(receiver)
                raise
            else:
                return self._drain(receiver)

    async def close(self) -> None:
        """Nothing rests between sessions."""

    async def _drain(self, receiver: ServiceBusReceiver) -> None:
        try:
            while messages := await self._stop.unless(
                receiver.receive_messages(max_message_count=1, max_wait_time=self._idle)
            ):
                await self._work.do(receiver, messages[0])
        except Stopped:
            return
        finally:
            await close(receiver)
