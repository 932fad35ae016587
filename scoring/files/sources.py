"""Where a file's bytes come from: anywhere that gives a span of them, again and again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import BadFile
from tabular.causes import NotReadableError, caused
from tabular.spans import Read, Spans


@dataclass(frozen=True)
class Source:
    """A file of `size` bytes, of which `read` gives a span, from several threads at once.

    `name` is for people; its ending tells text from text.
    """

    name: str
    size: int
    read: Read

    def spans(self) -> Spans:
        """The file, to be read from anywhere in it."""
        return Spans(self.size, self.read, name=self.name)


@contextmanager
def local_file(path: Path) -> Iterator[Source]:
    """A file of this machine. Raises BadFile when there is none, or it may not be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(str(path), f"cannot be opened: {error.strerror}") from error
    with file:
        descriptor = file.fileno()

        def read(span: range) -> bytes:
            content = os.pread(descriptor, len(span), span.start)
            if len(content) < len(span):
                raise BadFile(str(path), "was cut short while it was read")
            return content

        yield Source(str(path), os.fstat(descriptor).st_size, read)


@contextmanager
def explained(name: str, what: str) -> Iterator[None]:
    """Raise what Arrow says about bytes that it cannot read as `what` as a BadFile."""
    try:
        with caused(what):
            yield
    except NotReadableError as error:
        raise BadFile(name, str(error)) from error
