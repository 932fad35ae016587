"""A verdict on a window, for people and for other programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.output import out
from drift.report.document import Report
from drift.report.words import number, probability, share, shorten, statistic
from drift.results import ColumnVerdict, Compared

COLORS = {"stable": "green", "drifted": "red", "unknown": "yellow"}
_JUDGED = (
    "name", "kind", "statistic", "score", "threshold",
    "effect", "p_value", "p_adjusted", "drifted", "error_bound",
)  # fmt: skip
_MOST_LISTED = 60
_LONGEST_SENTENCE = 600


def document(report: Report, *, every: bool) -> dict[str, Any]:
    """What `--json` prints; with `every`, all statistics of each column."""
    verdict = report.verdict
    figures = {one.name: one.statistics for one in report.compared} if every else None
    return {
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "rows": verdict.rows,
        "columns": [_column(one, figures) for one in verdict.columns],
    }


def print_verdict(report: Report, *, every: bool) -> None:
    """The word and the sentence first, then what drifted, what is not known, and the rest."""
    verdict = report.verdict
    color = COLORS[verdict.verdict]
    out.print(f"[bold {color}]{verdict.verdict.capitalize()}[/]  {_said(verdict.reason)}")
    out.print(_windows(report))
    drifted = [one for one in verdict.columns if one.drifted]
    apart = [one for one in verdict.columns if one.score is None]
    if drifted:
        out.print(_drifted(drifted))
    out.print()
    _print_apart(apart, report.missing)
    _print_steady([one for one in verdict.columns if one not in drifted and one not in apart])
    if every:
        out.print(_statistics(verdict.columns, report.compared))


def print_extra(names: Sequence[str]) -> None:
    """Columns that only the current window has: nothing says what they should look like."""
    if names:
        out.print(f"[dim]new[/]  {_listed([escape(shorten(name)) for name in names])}")


def _column(column: ColumnVerdict, figures: dict[str, Any] | None) -> dict[str, Any]:
    said = {name: getattr(column, name) for name in _JUDGED}
    if figures is not None:
        said["statistics"] = figures.get(column.name, {})
    return said


def _windows(report: Report) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    rows = report.verdict.rows
    for word, count, name in (
        ("reference", rows.reference, report.reference),
        ("current", rows.current, report.current),
    ):
        table.add_row(f"[dim]{word}[/]", Text(f"{count:,} rows", justify="right"), escape(name))
    return table


def _drifted(columns: Iterable[ColumnVerdict]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("drifted", style="red", overflow="fold", ratio=1)
    for name in ("kind", "by"):
        table.add_column(name)
    for name in ("score", "limit", "rows moved", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in columns:
        table.add_row(
            escape(shorten(one.name)),
            one.kind,
            statistic(one.statistic),
            _score(one.score, one.error_bound),
            number(one.threshold),
            share(one.effect),
            probability(one.p_adjusted),
        )
    return table


def _print_apart(columns: Iterable[ColumnVerdict], missing: Iterable[str]) -> None:
    """Each column of which nothing can be said, with the reason."""
    reasons = [(one.name, one.reason) for one in columns]
    reasons += [(name, "the current window lacks it") for name in missing]
    for name, reason in reasons:
        out.print(f"[yellow]not known[/]  {escape(shorten(name))}: {_said(reason)}")


def _print_steady(columns: Sequence[ColumnVerdict]) -> None:
    """The columns that did not drift, with their scores, in as few lines as they take."""
    if not columns:
        return
    scores = [f"{escape(shorten(one.name))} [dim]{number(one.score)}[/]" for one in columns]
    out.print(f"[green]stable[/]  {_listed(scores)}")


def _listed(words: Sequence[str]) -> str:
    more = len(words) - _MOST_LISTED
    rest = [f"[dim]and {more} more[/]"] if more > 0 else []
    return ", ".join([*words[:_MOST_LISTED], *rest])


def _statistics(columns: Iterable[ColumnVerdict], compared: Iterable[Compared]) -> Table:
    """Every statistic of each column, in the order of the verdict."""
    figures = {one.name: one.statistics for one in compared}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("statistic")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("p", justify="right", no_wrap=True)
    for column in columns:
        called = escape(shorten(column.name))
        for name, one in figures.get(column.name, {}).items():
            value = _score(one.value, one.error)
            table.add_row(called, statistic(name), value, probability(one.p_value))
            called = ""
    return table


def _said(sentence: str) -> str:
    """A sentence with names in it that strangers may have given: none of them moves the cursor."""
    return escape(shorten(sentence, _LONGEST_SENTENCE))


def _score(value: float | None, error: float) -> str:
    """A figure, and by how much it may be off when it was not read from every row."""
    return f"{number(value)} ± {number(error)}" if error else number(value)
