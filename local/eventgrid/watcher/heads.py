"""Heads of HTTP/1.1 messages: enough to know where a message ends and what it is about.

Source: RFC 9112, sections 2, 6 and 7.
"""

import asyncio
from dataclasses import dataclass
from typing import Self

LARGEST_HEAD = 64 * 1024
PIECE = 64 * 1024
_BODILESS = (204, 304)


class MalformedError(Exception):
    """What came is not an HTTP/1.1 message."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """A start line and its headers, names in lower case, and the bytes that they came in."""

    start: tuple[str, str, str]
    headers: dict[str, str]
    raw: bytes

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> Self | None:
        """The next head; None when the peer has closed the connection in between.

        Raises:
            MalformedError: It is no head, too long, or ends early.
        """
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise MalformedError("a head ends early") from error
            return None
        except asyncio.LimitOverrunError as error:
            raise MalformedError("a head is too long") from error
        first, *lines = raw[:-4].decode("latin-1").split("\r\n")
        start = first.split(" ", 2)
        pairs = [line.partition(":") for line in lines]
        if len(start) < 2 or not all(colon for _, colon, _ in pairs):
            raise MalformedError("a head is malformed")
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return cls(start=(start[0], start[1], " ".join(start[2:])), headers=headers, raw=raw)

    @property
    def status(self) -> int:
        """The status of a response."""
        return int(self.start[1])

    @property
    def closes(self) -> bool:
        """Whether the connection ends with this message."""
        return self.headers.get("connection", "").lower() == "close"

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def length(self) -> int:
        """The length of the body; 0 when none is given."""
        value = self.headers.get("content-length", "0")
        if not value.isascii() or not value.isdigit():
            raise MalformedError(f"the content length {value!r} is no number")
        return int(value)

    def bodiless_answer(self, method: str) -> bool:
        """Whether this response has no body, whatever its headers say."""
        return method == "HEAD" or self.status in _BODILESS


async def relay_body(
    head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Pass a body on as it comes, no faster than the receiver takes it.

    Raises:
        MalformedError: The body ends early or its chunks are malformed.
    """
    try:
        if head.chunked:
            while await _relay_chunk(reader, writer):
                pass
        else:
            await _relay_bytes(head.length, reader, writer)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
        raise MalformedError("a body ends early or is malformed") from error
    await writer.drain()


async def _relay_bytes(
    count: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while count:
        piece = await reader.read(min(count, PIECE))
        if not piece:
            raise asyncio.IncompleteReadError(piece, count)
        writer.write(piece)
        await writer.drain()
        count -= len(piece)


async def _relay_chunk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One chunk with its size line; whether another one follows."""
    line = await reader.readuntil(b"\r\n")
    size = int(line.split(b";")[0], 16)
    writer.write(line)
    if size:
        await _relay_bytes(size + 2, reader, writer)
        return True
    # The trailer: any number of lines, the last one empty.
    while line != b"\r\n":
        line = await reader.readuntil(b"\r\n")
        writer.write(line)
    return False
