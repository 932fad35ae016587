"""What a person, or another program, is told of files that were scored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cli.output import out, print_json, print_table
from drift.report.words import shorten

if TYPE_CHECKING:
    from scoring.batch.run import Counts

_FEW = 3


@dataclass(frozen=True, kw_only=True)
class Done:
    """Files that were scored: by what, with what counts each, into what, and in what time.

    `allowed` is the share of rows that may be rejected; with more of them no output was left.
    """

    model: str
    sha256: str
    files: "Mapping[str, Counts]"
    output: Path
    rejects: Path
    seconds: float
    allowed: float

    @property
    def rows(self) -> int:
        """All rows that came in."""
        return sum(one.rows for one in self.files.values())

    @property
    def rejected(self) -> int:
        """Those of them that could not be scored."""
        return sum(one.rejected for one in self.files.values())

    @property
    def fails(self) -> bool:
        """Whether more were rejected than allowed."""
        return too_many(self.files.values(), self.allowed)


def too_many(counts: "Iterable[Counts]", allowed: float) -> bool:
    """Whether more than a share of all rows was rejected."""
    every = list(counts)
    return sum(one.rejected for one in every) > allowed * sum(one.rows for one in every)


def tell(done: Done, *, as_json: bool) -> None:
    """Print what became of the rows."""
    if as_json:
        print_json(_document(done))
        return
    rate = done.rows / max(done.seconds, 1e-9)
    out.print(f"{done.rows:,} rows in {done.seconds:.2f} s: {rate:,.0f} rows/s")
    where = f"not written to {done.output}" if done.fails else str(done.output)
    rows = [("scored", f"{done.rows - done.rejected:,}", where)]
    if done.rejected:
        rows.append(("rejected", f"{done.rejected:,}", str(done.rejects)))
    print_table(("", "rows", ""), rows)
    for line in _first(done.rejects) if done.rejected else ():
        out.print(line, markup=False, soft_wrap=True)
    if done.fails:
        out.print(f"[bold red]more than {done.allowed:.2%} of the rows were rejected[/]")


def _first(rejects: Path) -> Iterator[str]:
    """The first few rejects, a sentence each."""
    with rejects.open("rb") as file:
        for line in islice(file, _FEW):
            found = msgspec.json.decode(line)
            field = f", {shorten(found['field'])}" if "field" in found else ""
            place = f"{shorten(found['file'])}, row {found['row']:,}{field}"
            yield f"  {place}: {shorten(found['reason'])}"


def _document(done: Done) -> dict[str, Any]:
    return {
        "model": done.model,
        "sha256": done.sha256,
        "rows": done.rows,
        "scored": done.rows - done.rejected,
        "rejected": done.rejected,
        "seconds": round(done.seconds, 3),
        "output": None if done.fails else str(done.output),
        "rejects": str(done.rejects) if done.rejected else None,
        "files": [{"file": file, **msgspec.to_builtins(one)} for file, one in done.files.items()],
    }
