"""Where lines of a text end, and where those of a CSV do: a break within quotes ends none.

A quotation mark opens a quoted field at the start of a field alone; anywhere else it is a character
like others. Within, two in a row stand for one. That is how CSV files are written (RFC 4180) and
how Arrow reads them, so that a cut never stands where Arrow would see no end.
"""

import re
from collections.abc import Iterator

import numpy as np

_NEWLINE, _QUOTE = 0x0A, 0x22


class LineEnds:
    """The ends of plain lines."""

    can_be_found_anywhere = True
    """Whether an end is known as such without what stands before it."""

    def first(self, text: bytes) -> int:
        """The length of the first whole line of a text that begins with one; 0 for none."""
        return text.find(b"\n") + 1

    def last(self, text: bytes) -> int:
        """The length of all whole lines."""
        return text.rfind(b"\n") + 1

    def is_open(self, text: bytes) -> bool:  # noqa: ARG002 - others look at it.
        """Whether a text ends where none may."""
        return False


class RecordEnds(LineEnds):
    """The ends of a CSV file's records."""

    can_be_found_anywhere = False

    def __init__(self, separator: str) -> None:
        self._separator = separator.encode()
        self._before_field = np.frombuffer(self._separator + b'\n\r"', np.uint8)
        before = re.escape(self._separator)
        self._opening = re.compile(rb'(?:\A|(?<=[%b\n\r]))"' % before)
        self._quoted = re.compile(rb'"(?:[^"]++|"")*+"')

    def first(self, text: bytes) -> int:
        """As above; the text begins with a record."""
        ends = (text.find(b"\n", start, stop) for start, stop in self._bare(text))
        return next((end + 1 for end in ends if end >= 0), 0)

    def last(self, text: bytes) -> int:
        """As above; the text begins with a record."""
        if b'"' not in text:
            return super().last(text)
        counted = self._counted(text)
        if counted is not None:
            return counted
        return max((text.rfind(b"\n", start, stop) for start, stop in self._bare(text))) + 1

    def is_open(self, text: bytes) -> bool:
        """Whether a text ends within quotes."""
        return b'"' in text and [stop for _, stop in self._bare(text)][-1] < len(text)

    def _counted(self, text: bytes) -> int | None:
        """The last end by the count of quotes before it, which is quick.

        None where counting does not do, since some of them stand neither at the start nor at the
        end of a field.
        """
        codes = np.frombuffer(text, np.uint8)
        quotes = np.flatnonzero(codes == _QUOTE)
        opening, closing = quotes[::2], quotes[1::2]
        before, after = opening[opening > 0] - 1, closing[closing < len(codes) - 1] + 1
        beside = codes[np.concatenate([before, after])]
        if not np.isin(beside, self._before_field).all():
            return None
        ends = np.flatnonzero(codes == _NEWLINE)
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
        return int(outside[-1]) + 1 if len(outside) else 0

    def _bare(self, text: bytes) -> Iterator[tuple[int, int]]:
        """The stretches outside quotes. The last one ends early when its quotes are not closed."""
        start = 0
        while True:
            opening = self._opening.search(text, start)
            if opening is None:
                yield start, len(text)
                return
            yield start, opening.start()
            quoted = self._quoted.match(text, opening.start())
            if quoted is None:
                return
            start = quoted.end()
