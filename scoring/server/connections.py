"""Connections of clients: their requests are answered in turn, and what they cost is bounded.

uvicorn runs the process (sockets, signals, a graceful stop) and could do this, too, by way of ASGI.
That takes a task, two messages and some dozen calls a request: as long as all the rest of a small
one. Here a request that can be answered at once is, in the same call that brought its bytes.

And here what a client may cost is bounded before there is a request: how many connections there
are, how long a request takes to come, its bytes, and how many are sent ahead.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Any, cast

import httptools
from msgspec import Struct
from uvicorn.server import ServerState

from scoring.server import refusals
from scoring.server.app import App
from scoring.server.http import Answer, written
from scoring.server.parsing import Exchange, Parsing
from scoring.server.refusals import Refusal

PIECE = 16 << 10
"""Bytes that are parsed at a time; so a piece of nothing but tiny requests is no long work."""
LOOKS = 4
"""How often a connection's time is looked at while it may wait for a request."""
LEAVING = 2.0
"""Seconds after a signal to stop in which who is in the middle of asking may ask again: they are
answered, and told that the connection closes. To close at once would reset what they just sent."""


class Patience(Struct, frozen=True):
    """The bounds of all connections, and those of one request while it is not complete.

    `seconds` is the time from its first byte to its last (for the first one from the connection's
    beginning), `head` how many bytes may come before its body, `headers` how many headers it may
    have and `whole` its bytes in all. `waiting` requests may be sent ahead of the one in work.
    `idle` seconds may pass between an answer and the next request.
    """

    connections: int = 500
    seconds: float = 30.0
    head: int = 64 << 10
    headers: int = 100
    whole: int = 32 << 20
    waiting: int = 16
    idle: float = 75.0  # Longer than clients usually keep one, so that it is they who close it.


class Connection(asyncio.Protocol):
    """One connection; methods without an underscore are called by the loop and by uvicorn."""

    def __init__(
        self, app: App, patience: Patience, *, server_state: ServerState, **_: Any
    ) -> None:
        self._app = app
        self._patience = patience
        self._server = server_state
        self._loop = asyncio.get_running_loop()
        self._parsing = Parsing(app, self._begun, self._moved)
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle
        self._until = self._loop.time() + patience.seconds
        self._awaited = True  # Whether a request has to come until then: the first one has.
        self._received = 0  # Bytes of a request that is not complete.
        self._queue: deque[Exchange] = deque()
        self._busy = False
        self._paused = False
        self._last = False  # Whether no request is taken after those that are there.
        self._stops = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        self._transport = cast("asyncio.Transport", transport)  # A stream has no other.
        self._timer = self._loop.call_later(self._patience.seconds / LOOKS, self._look)
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn knows only its own.
        if len(self._server.connections) > self._patience.connections:
            self._refuse(refusals.TOO_MANY)

    def connection_lost(self, _problem: Exception | None) -> None:
        """The connection is closed, by whomever."""
        self._server.connections.discard(self)
        self._timer.cancel()
        self._last = True
        self._parsing.drop()
        self._app.bodies.let_go(sum(len(each.request.body) for each in self._queue))
        self._queue.clear()

    def data_received(self, data: bytes) -> None:
        """Bytes came: a part of a request, all of it, or several."""
        for start in range(0, len(data), PIECE):
            if self._last or self._transport.is_closing():
                return
            piece = data[start : start + PIECE]
            try:
                self._parsing.feed(piece)
            except httptools.HttpParserError:
                if not self._last:
                    self._refuse(refusals.NO_HTTP)
            if self._parsing.partial:
                self._await_the_rest(len(piece))

    def pause_writing(self) -> None:
        """The client does not read: it is sent no more until it does, and not waited for long."""
        self._paused = True
        self._until = self._loop.time() + self._patience.seconds

    def resume_writing(self) -> None:
        """It has read."""
        self._paused = False
        self._go_on()

    def shutdown(self) -> None:
        """The server stops: what has begun is answered, and what is on its way by now."""
        self._stops = True
        self._loop.call_later(LEAVING, self._leave)
        for exchange in self._queue:
            exchange.keeps = False

    def _leave(self) -> None:
        if not (self._queue or self._busy):
            self._transport.close()

    def _begun(self, exchange: Exchange) -> None:
        """The headers of a request are there."""
        self._queue.append(exchange)
        exchange.keeps = exchange.keeps and not self._stops
        if isinstance(exchange.found, Answer):
            self._go_on()
        elif len(self._queue) > self._patience.waiting:
            self._refuse(refusals.TOO_HASTY)
        elif b"expect" in exchange.request.headers and len(self._queue) == 1 and not self._busy:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _moved(self, exchange: Exchange) -> None:
        """A request is there as a whole, or is refused before."""
        if exchange.whole:
            self._awaited = False
            self._received = 0
            self._last = not exchange.keeps
        self._go_on()
        if self._last and not (self._queue or self._busy):
            self._transport.close()  # It was refused before its body, which has passed now.

    def _go_on(self) -> None:
        """Answer what can be, one after the other."""
        while self._queue and not self._busy and not self._paused:
            exchange = self._queue[0]
            answer: Answer | Awaitable[Answer]
            if isinstance(exchange.found, Answer):
                answer = exchange.found
            elif exchange.whole:
                answer = self._app.answer(exchange.request, exchange.found)
            else:
                return
            self._queue.popleft()
            if isinstance(answer, Answer):
                self._write(exchange, answer)
            else:
                self._busy = True
                task = self._loop.create_task(self._write_later(exchange, answer))
                self._server.tasks.add(task)
                task.add_done_callback(self._server.tasks.discard)

    async def _write_later(self, exchange: Exchange, answer: Awaitable[Answer]) -> None:
        try:
            found = await answer
        finally:
            self._busy = False
        self._write(exchange, found)
        self._go_on()

    def _write(self, exchange: Exchange, answer: Answer) -> None:
        self._app.bodies.let_go(len(exchange.request.body))
        if self._transport.is_closing():
            return
        closes = not exchange.keeps or ((self._last or self._stops) and not self._queue)
        patience = self._patience.seconds if self._awaited else self._patience.idle
        self._until = self._loop.time() + patience
        self._transport.write(written(answer, exchange.request, close=closes))
        if closes and exchange.whole:  # Else to close would reset what still sends, and is to read.
            self._transport.close()

    def _await_the_rest(self, size: int) -> None:
        """A part of a request came; the whole of it has to be there in time, and within bounds."""
        if not self._awaited:
            self._awaited = True
            self._until = self._loop.time() + self._patience.seconds
        self._received += size
        if self._received > self._patience.whole:
            self._refuse(refusals.TOO_LARGE)
        elif self._parsing.in_head and self._received > self._patience.head:
            self._refuse(refusals.TOO_LONG)
        elif self._parsing.fields > self._patience.headers:  # Those behind a body are among them.
            self._refuse(refusals.TOO_MUCH)

    def _look(self) -> None:
        """See whether the client took too long."""
        if self._loop.time() < self._until or (self._busy and not self._paused):
            self._timer = self._loop.call_later(self._patience.seconds / LOOKS, self._look)
        elif self._paused:
            self._transport.abort()
        elif self._awaited:
            self._refuse(refusals.TOO_SLOW)
        else:
            self._transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Close the connection, and say why unless it would be taken for another answer."""
        coming = self._parsing.coming
        owed = self._busy or any(each is not coming for each in self._queue)
        answered = coming is not None and isinstance(coming.found, Answer)
        if not (owed or answered or self._transport.is_closing()):
            self._transport.write(refusal.written())
        self._transport.close()
