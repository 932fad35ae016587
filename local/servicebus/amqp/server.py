"""The listening socket, on the loopback interface alone."""

import asyncio
import logging
import sqlite3
import time
from typing import Any

from local.servicebus.amqp.hub import Hub
from local.servicebus.amqp.peer import Peer
from local.servicebus.broker import Broker

HOST = "127.0.0.1"

_log = logging.getLogger(__name__)


async def listen(broker: Broker, port: int) -> asyncio.Server:
    """Accept connections for the broker; port 0 takes a free one. Raises OSError."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_end_on_broken_store)
    hub = Hub(broker, time.time)
    server = await loop.create_server(lambda: Peer(hub), HOST, port)
    hub.turn()  # Sets the alarm for what was scheduled before this process began.
    return server


def _end_on_broken_store(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """After an error of SQLite nothing that is in memory can be promised any more."""
    loop.default_exception_handler(context)
    if isinstance(context.get("exception"), sqlite3.Error):
        _log.critical("the store has failed; ending, a restart goes on from what is on disk")
        loop.stop()
