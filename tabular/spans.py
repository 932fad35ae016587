"""A blob as a file that can be read from anywhere in it."""

import io
from collections.abc import Callable

Read = Callable[[range], bytes]
"""Gives a span of a file's bytes."""


class Spans(io.RawIOBase):
    """A file of `size` bytes of which only the spans that somebody asks for are read.

    `known` is a span that was read already, with its bytes; `name` is for people.
    """

    def __init__(
        self, size: int, read: Read, known: tuple[range, bytes] = (range(0), b""), name: str = ""
    ) -> None:
        super().__init__()
        self.name = name
        self._size, self._fetch, self._place = size, read, 0
        self._known, self._content = known

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read anywhere."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; gives where that is."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def read(self, size: int = -1) -> bytes:
        """The bytes from there on, as they are read: none is copied."""
        rest = max(0, self._size - self._place)
        content = self._content_of(rest if size is None or size < 0 else min(size, rest))
        self._place += len(content)
        return content

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # As io hands it over.
        """Read on from there; gives how many bytes were read."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def _content_of(self, size: int) -> bytes:
        if not size:
            return b""
        span = range(self._place, self._place + size)
        return self._of_known(span) if self._knows(span) else self._fetch(span)

    def _knows(self, span: range) -> bool:
        return span.start in self._known and span[-1] in self._known

    def _of_known(self, span: range) -> bytes:
        start = self._known.start
        return self._content[span.start - start : span.stop - start]
