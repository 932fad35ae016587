"""`make bench`: every figure of the project beside its bound; status 1 when one does not hold.

`python -m benchmarks drift` measures one part, `--large` also what takes many minutes.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import admission, cold_start, first_event, hosts, intake, many_blobs, story
from benchmarks.batch import figures as batch
from benchmarks.drift import figures as drift
from benchmarks.measure import Figure
from benchmarks.online import figures as online
from local.stack import Stack

CONFIG = Path(__file__).parent / "ratchet.yaml"


def main() -> None:
    """Measure, one part after the other, and print one table."""
    asked = _asked()
    console = Console()
    table = Table("what", "measured", "bound", "", box=None)
    with console.status("measuring …"):
        parts = [asked.part] if asked.part else _PARTS
        figures = [one for part in parts for one in _PARTS[part](asked)]
    for one in figures:
        table.add_row(one.what, one.value, one.bound, "holds" if one.holds else "[red]fails[/]")
    console.print(table)
    sys.exit(not all(one.holds for one in figures))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "part", nargs="?", choices=_PARTS, help="one alone; all, when none is named"
    )
    parser.add_argument(
        "--large",
        action="store_true",
        help="drift: every peer on a million rows too, and 50 million of our own (8 GB of disk); "
        "online: the slower ways of some peers too",
    )
    return parser.parse_args()


def _app() -> Iterator[Figure]:
    yield from cold_start.figures()
    yield from intake.figures()


def _stack() -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-bench-") as folder,
        Stack(Path(folder), CONFIG) as stack,
    ):
        yield from first_event.figures(stack)
        yield from many_blobs.figures(stack)


_PARTS: dict[str, Callable[[argparse.Namespace], Iterable[Figure]]] = {
    "app": lambda _: _app(),
    "stack": lambda _: _stack(),
    "drift": lambda asked: drift.figures(large=asked.large),
    "batch": lambda _: batch.figures(),
    "admission": lambda _: admission.figures(),
    "online": lambda asked: online.figures(large=asked.large),
    "hosts": lambda _: hosts.figures(),
    "story": lambda _: story.figures(),
}


if __name__ == "__main__":
    main()
