"""A bar for what takes long: on standard error, and only if a person looks at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cli.output import err


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
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
    )
    with Progress(*parts, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda done: bar.update(task, completed=done)
