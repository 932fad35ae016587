"""A bar for what takes long: on standard error, and only if a person looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from cli.output import err


class Tell(Protocol):
    """Is told the share that is done, and what else may be said of it."""

    def __call__(self, done: float, note: str = "") -> None:
        """So much is done."""


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """Something to be told the share that is done, while a bar shows it; it leaves no trace."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    parts = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )

    def tell(done: float, note: str = "") -> None:
        bar.update(task, completed=done, note=note)

    with Progress(*parts, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=1.0, note="")
        yield tell
