"""`ratchet drift` and `ratchet profile`: the library on a person's own files, without any Azure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace
from rich.markup import escape

from cli.files import check_place, leave
from cli.output import MISCONFIGURED, AsJson, fail, out, print_json, sentences
from cli.progress import progress
from cli.verdicts import document, print_extra, print_verdict
from decisions.policies import DriftPolicy
from drift.errors import DriftError, NoSuchColumnsError
from drift.report.words import shorten

if TYPE_CHECKING:
    from drift.report.document import Report
    from drift.windows import Comparison

app = typer.Typer()

_LONGEST_SENTENCE = 600
EXITS = {"stable": 0, "drifted": 3, "unknown": 4}


class Statistics(StrEnum):
    """Which figures of a column are shown."""

    JUDGED = "judged"
    ALL = "all"


Columns = Annotated[
    str | None, typer.Option(help="These columns only, with commas between: age,city.")
]


@app.command()
def drift(
    reference: Annotated[Path, typer.Argument(help="What is known: a data file or a profile.")],
    current: Annotated[Path, typer.Argument(help="What is to be judged: likewise.")],
    columns: Columns = None,
    statistics: Annotated[
        Statistics, typer.Option(help="all: every figure of each column.")
    ] = Statistics.JUDGED,
    policy: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A file with a section `drift:` to judge by."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Leave a page to look at here.")] = None,
    as_json: AsJson = False,
    tell_by_exit: Annotated[
        bool, typer.Option("--fail", help="Exit 3 when drifted, 4 when unknown.")
    ] = False,
) -> None:
    """Say whether CURRENT still looks like REFERENCE, and which columns do not.

    Files are Parquet, CSV or JSON lines (the latter two also packed), or what `ratchet profile`
    left.
    """
    if html:
        check_place(html, reference, current)
    rule = _rule(policy, columns)
    found = _compared(reference, current, rule)
    report = _report(reference, current, found, rule)
    if html:
        from drift.report.page import page

        leave(html, page(report).encode())
    every = statistics is Statistics.ALL
    if as_json:
        print_json(document(report, every=every))
    else:
        print_verdict(report, every=every)
        print_extra(found.extra)
        if html:
            out.print(f"The page: {html}", markup=False, soft_wrap=True)
    if tell_by_exit:
        raise typer.Exit(EXITS[report.verdict.verdict])


@app.command()
def profile(
    data: Annotated[Path, typer.Argument(help="Parquet, CSV or JSON lines.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Leave the profile here.")],
    columns: Columns = None,
) -> None:
    """Read a data file once and keep what `ratchet drift` needs of it, in a small file."""
    check_place(output, data)
    with readable(), progress(f"Reading {data.name}") as done:
        from drift.profiles.profile import profile as read
        from drift.profiles.storing import dumps

        made = read(data, columns=_names(columns), progress=done)
        content = dumps(made)
    leave(output, content)
    what = f"{made.rows:,} rows, {len(made.columns)} columns, {len(content):,} bytes"
    out.print(f"{output}: {what}", markup=False, soft_wrap=True)
    for name, problem in made.problems.items():
        out.print(f"[yellow]left out[/]  {escape(shorten(name))}: {escape(shorten(problem))}")


@contextmanager
def readable() -> Iterator[None]:
    """What cannot be read ends the command with the sentence that names the file and the cause."""
    try:
        yield
    except DriftError as error:
        fail(shorten(str(error), _LONGEST_SENTENCE), MISCONFIGURED)


def _compared(reference: Path, current: Path, rule: DriftPolicy) -> "Comparison":
    """Both windows compared; two that have no column in common are no windows of one thing."""
    with readable(), progress("Comparing") as done:
        from drift.windows import compare_windows

        found = compare_windows(reference, current, columns=rule.columns or None, progress=done)
        if found.extra and not found.compared:
            raise NoSuchColumnsError(str(current), found.missing, found.extra)
    return found


def _report(reference: Path, current: Path, found: "Comparison", rule: DriftPolicy) -> "Report":
    """The document on a comparison, judged; no page is drawn yet."""
    from drift.report.document import Report
    from drift.verdict import judge

    compared = tuple(one for one in found.compared if rule.judges(one.name))
    missing = tuple(name for name in found.missing if rule.judges(name))
    return Report(
        title=current.name,
        made_at=datetime.now(UTC),
        reference=str(reference),
        current=str(current),
        verdict=judge(compared, found.rows, rule.judging, missing),
        compared=compared,
        missing=missing,
    )


def _rule(policy: Path | None, columns: str | None) -> DriftPolicy:
    """The policy of a file or the customary one; columns that are named govern over its own."""
    rule = _policy(policy) if policy else DriftPolicy()
    named = _names(columns)
    return replace(rule, columns=tuple(named), ignore=()) if named else rule


def _policy(file: Path) -> DriftPolicy:
    from wiring.config.load import drift_policy

    with sentences():
        return drift_policy(file)


def _names(columns: str | None) -> list[str] | None:
    return [name.strip() for name in columns.split(",")] if columns else None
