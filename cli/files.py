"""Files that a command leaves: whole or not at all, and never in place of what it reads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.output import MISCONFIGURED, fail


def check_place(output: Path, *inputs: Path) -> None:
    """End with a sentence unless a file can be left there; before any work is done for it."""
    if not output.parent.is_dir():
        fail(f"{output}: there is no folder {output.parent}; make it first", MISCONFIGURED)
    if output.exists() and not output.is_file():
        fail(f"{output}: this is no file that can be replaced; name another", MISCONFIGURED)
    if output.exists() and any(one.exists() and output.samefile(one) for one in inputs):
        fail(f"{output}: the output would replace what is read; name another", MISCONFIGURED)


def leave(output: Path, content: bytes) -> None:
    """Write a file that is seen only once it is whole."""
    with left(output) as file:
        file.write(content)


@contextmanager
def left(output: Path) -> Iterator[BinaryIO]:
    """A file to write that is seen once the block ends, and never when it fails."""
    target = output.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror}", MISCONFIGURED)
    finally:
        part.unlink(missing_ok=True)
