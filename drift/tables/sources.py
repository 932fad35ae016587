"""Where bytes come from: a file by its path, or a seekable binary file that is open already."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from drift.errors import UnreadableError
from tabular.causes import NotReadableError, caused

Source = str | Path | BinaryIO

_CAUSES = {
    FileNotFoundError: "does not exist",
    IsADirectoryError: "is a folder; name a file in it",
    PermissionError: "may not be read by this user",
}


def named(source: Source) -> str:
    """What to call a source in a sentence: its path, or the name that its file says."""
    if isinstance(source, str | Path):
        return str(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "the data"


def beginning(source: Source, size: int) -> bytes:
    """The first bytes of a source. Raises UnreadableError."""
    try:
        if not isinstance(source, str | Path):
            source.seek(0)
            return source.read(size)
        with Path(source).open("rb") as file:
            return file.read(size)
    except (OSError, ValueError) as error:
        raise UnreadableError(named(source), _cause(error)) from error


def whole(source: Source) -> bytes:
    """All bytes of a source, which is a small one. Raises UnreadableError."""
    return beginning(source, -1)


def opened(source: Source) -> pa.NativeFile:
    """The source from its start, as Arrow reads it; closing it leaves a given file open.

    Raises UnreadableError.
    """
    try:
        if isinstance(source, str | Path):
            return pa.OSFile(str(source))
        source.seek(0)
        return pa.PythonFile(_KeptOpen(source), mode="r")
    except (OSError, ValueError) as error:
        raise UnreadableError(named(source), _cause(error)) from error


@contextmanager
def explained(name: str, what: str) -> Iterator[None]:
    """Turn what Arrow says about unreadable bytes into one sentence on the file."""
    try:
        with caused(what):
            yield
    except NotReadableError as error:
        raise UnreadableError(name, str(error)) from error


def _cause(error: Exception) -> str:
    for kind, cause in _CAUSES.items():
        if isinstance(error, kind):
            return cause
    return f"cannot be opened: {error}"


class _KeptOpen:
    """A file that stays open when Arrow closes it: it belongs to the caller, and is read again."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True
