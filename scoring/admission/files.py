"""The model's folder, before a byte of it is parsed: plain files only, and not too large."""

import os
import stat
from pathlib import Path

from scoring.admission.verdict import Check, Limits, Refused

MODEL = "model.onnx"


def read_model(folder: Path, limits: Limits) -> tuple[bytes, tuple[Check, ...]]:
    """The bytes of the folder's model, and what was found on the way to them. Raises Refused.

    Every entry of the folder is looked at without following it. A link could name any file of
    this machine, a pipe or device could never end.
    """
    count = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        for name in folders + names:
            count += 1
            _check_entry(Path(parent, name), folder)
            if count > limits.files:
                raise Refused("files", f"the folder has more than {limits.files} files")
    content = _content(folder / MODEL, limits.model_size)
    return content, (
        Check("files", f"{count} entries, none a link"),
        Check("size", f"{len(content):,} bytes of at most {limits.model_size:,}"),
    )


def _check_entry(path: Path, folder: Path) -> None:
    status = path.lstat()
    name = str(path.relative_to(folder))
    if stat.S_ISLNK(status.st_mode):
        raise Refused("link", f"{name!r} is a symbolic link")
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        raise Refused("link", f"{name!r} is a hard link: {status.st_nlink} names for one file")
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise Refused("link", f"{name!r} is neither a file nor a folder")


def _content(path: Path, limit: int) -> bytes:
    """The bytes of a plain file; the size is checked on what was opened, not on a name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise Refused("missing", f"the folder has no {MODEL}: {problem.strerror}") from problem
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused("missing", f"{MODEL} is not a file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise Refused("size", f"{MODEL} is larger than {limit:,} bytes")
    return content
