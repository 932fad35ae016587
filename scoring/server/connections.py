"""What a connection may cost: how many there are, how long a request takes to come, and its size.

uvicorn bounds none of this while a request is not complete, so that whoever sends slowly, or much,
or connects and is silent, could use up the process. Here beyond a number of connections new ones
are told to come again, and a request has to be there as a whole within some seconds.
"""

import asyncio
from typing import Any

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PIECE = 16 << 10
"""Bytes that are parsed at a time; so a piece of nothing but tiny requests is no long work."""


class Patience(Struct, frozen=True):
    """The bounds of all connections, and those of one request while it is not complete.

    `seconds` is the time from its first byte to its last (for the first one from the connection's
    beginning), `head` how many bytes may come before its body, `headers` how many headers it may
    have and `whole` its bytes in all. `waiting` requests may be sent ahead of the one in work.
    """

    connections: int = 500
    seconds: float = 30.0
    head: int = 64 << 10
    headers: int = 100
    whole: int = 32 << 20
    waiting: int = 16


class Refusal(Struct, frozen=True):
    """Why a connection is closed."""

    status: bytes
    code: bytes
    message: bytes
    header: bytes = b""

    def written(self) -> bytes:
        """The answer that says so."""
        body = b'{"error_code":"%s","message":"%s"}' % (self.code, self.message)
        head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\n" % self.status
        return b"%s%scontent-length: %d\r\nconnection: close\r\n\r\n%s" % (
            head,
            self.header,
            len(body),
            body,
        )


TOO_MANY = Refusal(
    b"503 Service Unavailable",
    b"OVERLOADED",
    b"there are too many connections; try again",
    b"retry-after: 1\r\n",
)
TOO_SLOW = Refusal(b"408 Request Timeout", b"TIMEOUT", b"the request was not there in time")
TOO_LARGE = Refusal(b"413 Content Too Large", b"TOO_LARGE", b"the request does not end")
TOO_LONG = Refusal(
    b"431 Request Header Fields Too Large", b"TOO_LARGE", b"the headers are too long"
)
TOO_MUCH = Refusal(
    b"431 Request Header Fields Too Large", b"TOO_LARGE", b"there are too many headers"
)
TOO_HASTY = Refusal(
    b"429 Too Many Requests", b"OVERLOADED", b"wait for answers before asking any more"
)


class Connection(HttpToolsProtocol):
    """One connection of a client."""

    def __init__(self, patience: Patience, **options: Any) -> None:
        super().__init__(**options)
        self._patience = patience
        self._deadline: asyncio.TimerHandle | None = None
        self._received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn has it.
        """A client connected."""
        super().connection_made(transport)
        if len(self.connections) > self._patience.connections:
            self._refuse(TOO_MANY)
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Bytes came: a part of a request, all of it, or several."""
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            piece = data[start : start + PIECE]
            super().data_received(piece)
            if self._is_whole() and len(self.pipeline) <= self._patience.waiting:
                self._received = 0
                self._stop_waiting()
            else:
                self._received += len(piece)
                self._wait()
                self._check()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed, by whomever."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_in_head(self) -> bool:
        """Whether a request has begun to come, and its body not."""
        return self.scope is not None and (self.cycle is None or self.cycle.scope is not self.scope)

    def _is_whole(self) -> bool:
        """Whether nothing of the last request is missing."""
        return self.cycle is not None and not self.cycle.more_body and not self._is_in_head()

    def _wait(self) -> None:
        if self._deadline is None:
            seconds = self._patience.seconds
            self._deadline = self.loop.call_later(seconds, self._refuse, TOO_SLOW)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _check(self) -> None:
        """Refuse what is beyond the bounds already."""
        bounds = self._patience
        if len(self.pipeline) > bounds.waiting:
            self._refuse(TOO_HASTY)
        elif self._received > bounds.whole:
            self._refuse(TOO_LARGE)
        elif self._is_in_head() and self._received > bounds.head:
            self._refuse(TOO_LONG)
        elif len(self.headers or ()) > bounds.headers:  # Those behind a body are among them.
            self._refuse(TOO_MUCH)

    def _refuse(self, refusal: Refusal) -> None:
        """Close the connection, and say why unless it would be taken for another answer."""
        if not self.transport.is_closing() and self._is_next():
            self.transport.write(refusal.written())
        self.transport.close()

    def _is_next(self) -> bool:
        """Whether the next answer to be written is that to the request that has not come."""
        if self.cycle is None or self._is_in_head():
            return self.cycle is None or self.cycle.response_complete
        return not self.cycle.response_started and not self.pipeline
