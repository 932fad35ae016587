"""Locks that live as long as the function that works under them.

The client's own AutoLockRenewer measures a session's time from when it was accepted, so it would
let the lock of a long, busy session end in the middle of a message, and its end takes up to a
second. Here the time begins anew with each message, and the end is at once.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

_log = logging.getLogger("host.servicebus")


@asynccontextmanager
async def kept_locked(
    receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage, longest: float
) -> AsyncIterator[None]:
    """Renew the lock of the session, or else of the message, for at most `longest` seconds.

    A renewal that has begun is let finish, since it shares its connection with the settlement.
    """
    done = asyncio.Event()
    task = asyncio.create_task(_keep(receiver, message, longest, done))
    try:
        yield
    finally:
        done.set()
        await task


async def _keep(
    receiver: ServiceBusReceiver,
    message: ServiceBusReceivedMessage,
    longest: float,
    done: asyncio.Event,
) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + longest
    while (left := end - loop.time()) > 0:
        if await _is_set_within(done, min(left, _half_of_the_lock(receiver, message))):
            return
        try:
            await _renew(receiver, message)()
        except Exception as error:  # noqa: BLE001 - Whatever the client raises, the lock just ends.
            _log.warning("the lock of message %s is not renewed: %s", message.message_id, error)
            return


def _renew(
    receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage
) -> Callable[[], Coroutine[Any, Any, Any]]:
    if receiver.session is not None:
        return receiver.session.renew_lock
    return lambda: receiver.renew_message_lock(message)


def _half_of_the_lock(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> float:
    """Half of what is left of the lock, in seconds."""
    lock = message if receiver.session is None else receiver.session
    until = lock.locked_until_utc or datetime.now(UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds() / 2)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
