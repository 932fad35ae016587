"""A packed model folder (.zip, .tar.gz): its model is found without writing anything anywhere.

Every entry is looked at and unpacked in small steps, counted, and thrown away but for the model.
It stops at the first entry that would not lie in the folder, and at the first byte too many, so a
bomb costs no more than the bounds. What an entry declares of its size is never believed.

References: APPKNOTE 4.4 (zip); POSIX pax and ustar (tar); D. Fifield, A better zip bomb, 2019.
"""

import codecs
import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, Protocol, cast

from scoring.admission.files import MODEL
from scoring.admission.paths import is_absolute, leads_out
from scoring.admission.verdict import MEBIBYTE, Limits, Refused

_STEP = 64 << 10
_GZIP = b"\x1f\x8b"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # The others unpack without a bound.
codecs.lookup("cp437")  # How old zip files name their entries; read now, while files may be.


class _Reader(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


Entries = Iterator[tuple[str, _Reader]]
"""The files of an archive, by name; each is to be read before the next is asked for."""


def model_of(content: bytes, limits: Limits) -> tuple[bytes, str]:
    """The bytes of the model in an archive, and what was found on the way. Raises Refused."""
    entries = _tar if content.startswith(_GZIP) else _zip
    count = _Count(len(content), limits)
    models = []
    try:
        for name, file in entries(content, count):
            kept = _unpacked(file, keep=name.split("/")[-1] == MODEL)
            models += [kept] if kept is not None else []
    except (Refused, MemoryError):
        raise
    except Exception as problem:
        raise Refused("archive", f"the archive cannot be unpacked: {problem!r:.200}") from problem
    if len(models) != 1:
        raise Refused("missing", f"the archive has {len(models) or 'no'} {MODEL}, and needs one")
    if len(models[0]) > limits.model_size:
        raise Refused("size", f"{MODEL} is larger than {limits.model_size:,} bytes")
    return models[0], f"{count.entries} entries, {count.size:,} bytes unpacked, none a link"


class _Count:
    """What was met and unpacked so far, held against the bounds."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._limits = limits
        # The slack is for archives so small that a ratio says nothing.
        self._most = min(limits.unpacked, packed * limits.ratio + MEBIBYTE)
        self.entries = 0
        self.size = 0

    def entry(self, name: str) -> None:
        """One more entry, whatever it is."""
        self.entries += 1
        if self.entries > self._limits.files:
            raise Refused("files", f"the archive has more than {self._limits.files} entries")
        if is_absolute(name):
            raise Refused("absolute_path", f"the archive's {name!r:.200} has an absolute path")
        if leads_out(name):
            raise Refused("traversal", f"the archive's {name!r:.200} leads out of its folder")

    def unpacked(self, size: int) -> None:
        """So many more bytes came out."""
        self.size += size
        if self.size > self._most:
            raise Refused(
                "bomb",
                f"the archive unpacks to more than {self._most:,} bytes: allowed are "
                f"{self._limits.ratio} times its own, and at most {self._limits.unpacked:,}",
            )


class _Counted:
    """A stream whose bytes are counted as they come out."""

    def __init__(self, file: _Reader, count: _Count) -> None:
        self._file = file
        self._count = count

    def read(self, size: int = -1) -> bytes:
        """As of any stream; `size` is what bounds a step."""
        content = self._file.read(size)
        self._count.unpacked(len(content))
        return content


def _zip(content: bytes, count: _Count) -> Entries:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            count.entry(entry.filename)
            _check_kind(entry.filename, entry.external_attr >> 16)
            if entry.compress_type not in _METHODS:
                raise Refused("archive", f"{entry.filename!r:.200} is not packed by deflate")
            with archive.open(entry) as file:
                yield entry.filename, _Counted(file, count)


def _tar(content: bytes, count: _Count) -> Entries:
    """What tar keeps beside its files, such as long names, is counted as well."""
    stream = _Counted(gzip.GzipFile(fileobj=io.BytesIO(content)), count)
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as archive:
        for entry in archive:
            count.entry(entry.name)
            if entry.islnk():
                raise Refused("hard_link", f"the archive's {entry.name!r:.200} is a hard link")
            _check_kind(entry.name, _kind(entry))
            if (file := archive.extractfile(entry)) is not None:
                yield entry.name, file


def _kind(entry: tarfile.TarInfo) -> int:
    """The kind of a tar's entry, as file systems write it."""
    if entry.issym():
        return stat.S_IFLNK
    if entry.isdir():
        return stat.S_IFDIR
    return stat.S_IFREG if entry.isreg() and not entry.issparse() else stat.S_IFCHR


def _check_kind(name: str, mode: int) -> None:
    """Plain files and folders only; a zip of a system without kinds has the kind 0."""
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise Refused("symbolic_link", f"the archive's {name!r:.200} is a symbolic link")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("special_file", f"the archive's {name!r:.200} is no file and no folder")


def _unpacked(file: _Reader, *, keep: bool) -> bytes | None:
    """A file is unpacked to its end, step by step; its bytes if they are to be kept."""
    kept = io.BytesIO()
    while step := file.read(_STEP):
        if keep:
            kept.write(step)
    return kept.getvalue() if keep else None
