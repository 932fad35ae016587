"""The proxy: each client connection has one to Azurite, and messages pass between them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from local.eventgrid.watcher.heads import LARGEST_HEAD, Head, MalformedError, relay_body
from local.ports import HOST

# Called with a request and its answer before the client gets the answer.
Observer = Callable[[Head, Head], Awaitable[None]]
_LOG = logging.getLogger(__name__)
# What Storage says when it cannot serve just now; Microsoft's clients try again.
BUSY = (
    b"HTTP/1.1 503 Server Busy\r\nx-ms-error-code: ServerBusy\r\ncontent-length: 0\r\n"
    b"connection: close\r\n\r\n"
)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Proxy:
    """Serves clients on loopback on behalf of the server behind it."""

    def __init__(self, upstream: int, observe: Observer) -> None:
        self._upstream = upstream
        self._observe = observe

    async def listen(self, port: int) -> asyncio.Server:
        """Accept connections. Raises OSError when the port is taken."""
        return await asyncio.start_server(self._serve, HOST, port, limit=LARGEST_HEAD)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = _Behind(self._upstream)
        try:
            while await self._exchange(reader, writer, behind):
                pass
        except (MalformedError, ConnectionError, asyncio.CancelledError) as error:
            # Cancelled is what becomes of open connections when the process ends.
            _LOG.debug("a connection ended: %r", error)
        finally:
            behind.close()
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behind: "_Behind"
    ) -> bool:
        """One request and its answer; whether the connection goes on."""
        request = await Head.read(reader)
        if request is None:
            return False
        try:
            source, sink = await behind.connect()
        except OSError:
            writer.write(BUSY)
            await writer.drain()
            return False
        if "expect" in request.headers:
            # The body is taken in any case, so its sender need not wait for Azurite to say so.
            writer.write(_CONTINUE)
        sink.write(_without_expect(request))
        await relay_body(request, reader, sink)
        answer = await Head.read(source)
        if answer is None:
            raise MalformedError("no answer came")
        await self._observe(request, answer)
        writer.write(answer.raw)
        if answer.bodiless_answer(request.start[0]):
            await writer.drain()
        else:
            await relay_body(answer, source, writer)
        return not (request.closes or answer.closes)


class _Behind:
    """The connection to the server behind, opened when needed, and again after it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Its two directions. Raises OSError when the server is not there."""
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(HOST, self._port, limit=LARGEST_HEAD)
        return self._streams

    def close(self) -> None:
        """Let go of it."""
        if self._streams is not None:
            self._streams[1].close()


def _without_expect(request: Head) -> bytes:
    if "expect" not in request.headers:
        return request.raw
    lines = request.raw.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(b"expect:"))
