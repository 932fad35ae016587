"""What the two text formats have in common: blocks of whole lines, unpacked on the way."""

from collections.abc import Callable, Iterator
from io import BufferedReader
from itertools import pairwise

import pyarrow as pa

from scoring.errors import BadFile
from scoring.files.blocks import Piece
from scoring.files.ends import LineEnds
from scoring.files.sources import Source, explained
from tabular.formats import BYTE_ORDER_MARK, Packing
from tabular.spans import Spans

BLOCK = 1 << 22
_LONGEST = 1 << 24
_FETCHED = 1 << 20  # Packed bytes that are read at once.
_WINDOW = 1 << 16  # Where a cut looks for the end of a line.
_OPEN = "has a quotation mark that is not closed"
_TOO_LONG = "has a row of more than 16 MiB, or a quotation mark that is not closed"

Read = Callable[[int], bytes]
"""Gives the next bytes, no more than so many."""


class Text:
    """The lines of a text file; the byte order mark is none of it."""

    def __init__(self, source: Source, packing: Packing | None, ends: LineEnds) -> None:
        self.name, self.packing = source.name, packing
        self._source, self._ends = source, ends
        self.whole = Piece(start=0, stop=source.size)

    def head(self, least: int) -> bytes:
        """Whole lines from the start: `least` bytes of them, or all there are."""
        text = b""
        for block, _ in self.lines(self.whole, least):
            text += block
            if len(text) >= least:
                break
        return text

    def lines(
        self, piece: Piece, at_once: int = BLOCK, skip: int = 0
    ) -> Iterator[tuple[bytes, float]]:
        """Blocks of whole lines, and the share of the piece up to each. Raises BadFile.

        `skip` bytes are left out where the piece begins with the file.
        """
        skip = 0 if piece.start else skip
        with explained(self.name, "text"):
            read, done = self._stream(piece)
            for block in self._blocks(read, at_once):
                if len(block) > skip:
                    yield block[skip:], done()
                skip = max(0, skip - len(block))

    def cut(self, most: int) -> list[Piece]:
        """Pieces of about `most` bytes that end with a line each. Packed text is one piece."""
        if self.packing is not None:
            return [self.whole]
        ends = [0]
        for end in self._possible_ends(most):
            if end - ends[-1] >= most:
                ends.append(end)
        ends[1:] = [end for end in ends[1:] if end < self._source.size] + [self._source.size]
        return [Piece(start=start, stop=stop) for start, stop in pairwise(ends)]

    def _possible_ends(self, most: int) -> Iterator[int]:
        """Ends of lines, at least one in `most` bytes where lines are that short."""
        at = 0
        if self._ends.can_be_found_anywhere:
            while (at := self._end_after(at + most)) < self._source.size:
                yield at
            return
        at += len(BYTE_ORDER_MARK) if self._is_marked() else 0
        for block, _ in self.lines(self.whole, min(BLOCK, most)):
            at += len(block)
            yield at

    def _end_after(self, at: int) -> int:
        """Where the line ends that the byte before `at` is in; the end of the file for none."""
        at -= 1
        while at < self._source.size:
            window = self._source.read(range(at, min(at + _WINDOW, self._source.size)))
            found = window.find(b"\n")
            if found >= 0:
                return at + found + 1
            at += _WINDOW
        return self._source.size

    def _is_marked(self) -> bool:
        mark = range(min(len(BYTE_ORDER_MARK), self._source.size))
        return self._source.read(mark) == BYTE_ORDER_MARK

    def _blocks(self, read: Read, at_once: int) -> Iterator[bytes]:
        rest = b""
        while more := read(max(at_once, len(rest))):
            text = rest + more
            end = self._ends.last(text)
            if end:
                yield text[:end]
            rest = text[end:]
            if len(rest) > _LONGEST:
                raise BadFile(self.name, _TOO_LONG)
        if self._ends.is_open(rest):
            raise BadFile(self.name, _OPEN)
        if rest:
            yield rest

    def _stream(self, piece: Piece) -> tuple[Read, Callable[[], float]]:
        """The text of a piece, and the share of its bytes that was read."""
        file = self._source.spans()
        file.seek(piece.start)
        read = _within(file, piece.stop) if self.packing is None else unpacked(file, self.packing)
        length = max(1, piece.stop - piece.start)
        return (
            read if piece.start else _unmarked(read),
            lambda: (file.tell() - piece.start) / length,
        )


def unpacked(file: Spans, packing: Packing) -> Read:
    """What a packed file holds."""
    buffered = BufferedReader(file, _FETCHED)
    read: Read = pa.CompressedInputStream(pa.PythonFile(buffered, mode="r"), packing).read
    return read


def _within(file: Spans, stop: int) -> Read:
    """What a file holds up to some place."""
    return lambda size: file.read(min(size, stop - file.tell()))


def _unmarked(read: Read) -> Read:
    """The same text without the byte order mark that it may begin with."""
    mark = len(BYTE_ORDER_MARK)
    first = read(mark)
    while 0 < len(first) < mark and (more := read(mark - len(first))):
        first += more
    rest = [first.removeprefix(BYTE_ORDER_MARK)]
    return lambda size: (rest.pop() if rest else b"") + read(size)
