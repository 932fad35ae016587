"""`make bench`: every figure of the project beside its bound; status 1 when one does not hold."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import cold_start, first_event, intake, many_blobs, story
from benchmarks.measure import Figure
from local.stack import Stack

CONFIG = Path(__file__).parent / "ratchet.yaml"


def main() -> None:
    """Measure, one part after the other, and print one table."""
    console = Console()
    table = Table("what", "measured", "bound", "", box=None)
    with console.status("measuring …"):
        figures = list(_figures())
    for one in figures:
        table.add_row(one.what, one.value, one.bound, "holds" if one.holds else "[red]fails[/]")
    console.print(table)
    sys.exit(not all(one.holds for one in figures))


def _figures() -> Iterator[Figure]:
    yield from cold_start.figures()
    yield from intake.figures()
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-bench-") as folder,
        Stack(Path(folder), CONFIG) as stack,
    ):
        yield from first_event.figures(stack)
        yield from many_blobs.figures(stack)
    yield from story.figures()


if __name__ == "__main__":
    main()
