"""One client's connection: bytes in and out of Proton's engine.

The engine does the protocol and no input or output of its own; asyncio does the rest.
"""

import asyncio
from typing import cast

from proton import Collector, Connection, Transport

from local.servicebus.amqp.directory import Directory
from local.servicebus.amqp.events import Events
from local.servicebus.amqp.hub import Hub


class Peer(asyncio.Protocol):
    """The server's end of a connection; every chunk of bytes is a turn of the hub."""

    def __init__(self, hub: Hub) -> None:
        self.deadline: float | None = None
        self._hub = hub
        self._links = Directory(hub)
        self._engine = Transport(Transport.SERVER)
        self._engine.sasl().allowed_mechs("ANONYMOUS")  # Who it is, is told to $cbs.
        self._handler = Events(self._links)
        self._collector = Collector()
        self._connection = Connection()
        self._connection.collect(self._collector)
        self._engine.bind(self._connection)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take part in the turns from now on."""
        self._socket = cast("asyncio.Transport", transport)
        self._hub.writers.add(self)

    def data_received(self, data: bytes) -> None:
        """Feed the engine, and let everybody have their turn."""
        unread = data
        while unread and (room := self._engine.capacity()) > 0:
            self._engine.push(unread[:room])
            unread = unread[room:]
            self._dispatch()
        self._hub.turn()

    def connection_lost(self, _: Exception | None) -> None:
        """Let go of all that the client held; its death looks the same as its farewell."""
        self._hub.writers.discard(self)
        self._links.close()
        self._hub.turn()

    def flush(self, now: float) -> None:
        """Write what the engine has to say, and hang up after its last word."""
        self._dispatch()
        self.deadline = self._engine.tick(now) or None
        while (size := self._engine.pending()) > 0:
            self._socket.write(self._engine.peek(size) or b"")
            self._engine.pop(size)
        if size < 0:
            self._socket.close()

    def _dispatch(self) -> None:
        while (event := self._collector.peek()) is not None:
            event.dispatch(self._handler)
            self._collector.pop()
