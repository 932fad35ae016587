"""Bodies of requests, bounded: each one, and all of them together."""

from scoring.server.http import Fault, Request, come_again


class Bodies:
    """Reads bodies. Whoever was given one says when it is no longer needed.

    A body has `largest` bytes at most. All that are being read or were not yet let go have `room`
    bytes together, so that no number of large requests takes more memory than that.
    """

    def __init__(self, largest: int, room: int) -> None:
        self._largest = largest
        self._room = room

    async def read(self, request: Request) -> bytes:
        """The body. Raises Fault.

        How long it may take to come is seen to where connections are: it looks as if the client
        went away.
        """
        declared = request.headers.get(b"content-length", b"0")
        if declared.isdigit():
            self._check(int(declared))
        part, more = await _part(request)
        self._take(0, len(part))
        return await self._rest(request, part) if more else part

    def let_go(self, body: bytes) -> None:
        """Somebody is done with a body."""
        self._room += len(body)

    async def _rest(self, request: Request, first: bytes) -> bytes:
        parts, size, more = [first], len(first), True
        try:
            while more:
                part, more = await _part(request)
                self._take(size, len(part))
                size += len(part)
                parts.append(part)
        except BaseException:
            self._room += size
            raise
        return b"".join(parts)

    def _take(self, before: int, size: int) -> None:
        """Take the room of a part that comes after so many bytes of the same body."""
        self._check(before + size)
        if size > self._room:
            raise come_again("OVERLOADED", "the requests inside are too large together; try again")
        self._room -= size

    def _check(self, size: int) -> None:
        if size > self._largest:
            sentence = f"the body has more than {self._largest:,} bytes; send fewer rows"
            raise Fault(413, "TOO_LARGE", sentence)


async def _part(request: Request) -> tuple[bytes, bool]:
    """The next part of a body, and whether there is more of it."""
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise Fault(408, "TIMEOUT", "the body did not come")
    return message["body"], message["more_body"]
