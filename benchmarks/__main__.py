"""`make bench`: every figure of the project beside its bound; status 1 when one does not hold."""

import sys

from rich.console import Console
from rich.table import Table

from benchmarks import cold_start, intake


def main() -> None:
    """Measure, one part after the other, and print one table."""
    console = Console()
    table = Table("what", "measured", "bound", "", box=None)
    holds = True
    for part in (cold_start, intake):
        with console.status(f"measuring {part.__name__} …"):
            found = part.figures()
        for one in found:
            table.add_row(one.what, one.value, one.bound, "holds" if one.holds else "[red]fails[/]")
            holds = holds and one.holds
    console.print(table)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
