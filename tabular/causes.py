"""Why a file cannot be read, in words that follow its name: "… is empty"."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

_SAID = (
    (
        r"Row #(\d+): Expected (\d+) columns, got (\d+)",
        r"has \3 fields in row \1, and \2 in its first",
    ),
    (r"straddling object", "has a row of more than 1 MiB, or a quotation mark that is not closed"),
    (r"invalid UTF8|codec can't decode", "is not UTF-8"),
    # An empty one was refused before: this one began with text, and broke off when unpacked.
    (r"Truncated compressed stream|Empty CSV file", "is cut short: its packed data has no end"),
)
"""What Arrow says, of which only a part is of use, and what is said instead."""


class NotReadableError(ValueError):
    """A file is not what can be read; the text is the cause, without the file's name."""


@contextmanager
def caused(what: str) -> Iterator[None]:
    """Turn what Arrow says about bytes that it cannot read as `what` into a NotReadableError."""
    try:
        yield
    except NotReadableError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        said = str(error).partition("\n")[0][:200].rstrip(". ")
        found = ((re.search(pattern, said), cause) for pattern, cause in _SAID)
        known = next((match.expand(cause) for match, cause in found if match), None)
        raise NotReadableError(known or f"cannot be read as {what}: {said}") from error
