"""What was handed in, before a byte of it is parsed: plain files only, and not too large."""

import os
import stat
from pathlib import Path

from scoring.admission.verdict import Check, Limits, Refused, Tell

MODEL = "model.onnx"
_ARCHIVES = (".zip", ".tar.gz", ".tgz")


def is_archive(place: Path) -> bool:
    """Whether a file is to be unpacked; its name says so, and nothing else is unpacked."""
    return place.name.lower().endswith(_ARCHIVES)


def read_model(place: Path, limits: Limits, tell: Tell) -> bytes:
    """The bytes of a model's file, of the model in a folder, or of an archive. Raises Refused.

    Every entry of a folder is looked at without following it: a link could name any file of this
    machine, a pipe or device could never end. A single file is what somebody named by hand, and
    may be reached by a link.
    """
    if place.is_dir():
        tell(Check("files", f"{_checked_entries(place, limits)} entries, none a link"))
        place = place / MODEL
    else:
        place = place.resolve()
    content = _content(place, limits.model_size)
    tell(Check("size", f"{len(content):,} bytes of at most {limits.model_size:,}"))
    return content


def _checked_entries(folder: Path, limits: Limits) -> int:
    count = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        for name in folders + names:
            count += 1
            _check_entry(Path(parent, name), folder)
            if count > limits.files:
                raise Refused("files", f"the folder has more than {limits.files} files")
    return count


def _check_entry(path: Path, folder: Path) -> None:
    status = path.lstat()
    name = str(path.relative_to(folder))
    if stat.S_ISLNK(status.st_mode):
        raise Refused("symbolic_link", f"{name!r} is a symbolic link")
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        raise Refused("hard_link", f"{name!r} is a hard link: {status.st_nlink} names of one file")
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise Refused("special_file", f"{name!r} is no file and no folder")


def _content(path: Path, limit: int) -> bytes:
    """The bytes of a plain file; the size is checked on what was opened, not on a name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise Refused("missing", f"there is no {path.name}: {problem.strerror}") from problem
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refused("missing", f"{path.name} is not a file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise Refused("size", f"{path.name} is larger than {limit:,} bytes")
    return content
