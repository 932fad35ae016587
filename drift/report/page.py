"""The report as one HTML page: no script, nothing fetched, made from the document alone.

Names and categories come from data that strangers may have written. Jinja escapes every text, the
charts escape theirs, and the page's own Content-Security-Policy forbids all but its inline style.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from drift.report import words
from drift.report.charts.categories import categories_chart
from drift.report.charts.distribution import distribution_chart
from drift.report.charts.history import NARROW, WIDE, history_chart
from drift.report.document import Report
from drift.report.steps import next_steps
from drift.results import Bins, ColumnVerdict, Compared, Shares

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
WINDOWS = 200
"""So many windows of the history are shown: beyond that their marks hide each other."""
LARGE = 12
"""So many drifted columns are shown large; of a hundred, all large, nobody would see the rest."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One column of the page: how it was judged, what was compared, and its chart with words."""

    verdict: ColumnVerdict
    compared: Compared
    chart: "Markup | None"
    words: str

    @property
    def apart(self) -> bool:
        """Whether the column could not be compared; one without any value can be."""
        undefined = self.verdict.score is None and self.verdict.kind != "empty"
        return undefined or self.compared.problem is not None

    @property
    def spotless(self) -> bool:
        """Whether neither window holds anything that the column must not hold."""
        return self.compared.reference == self.compared.current == Shares()

    @property
    def ratio(self) -> float:
        """The score as a multiple of its threshold, for the bar that shows it: at most 2."""
        score, threshold = self.verdict.score or 0.0, self.verdict.threshold
        return min(2.0, score / threshold) if threshold else 2.0


def page(report: Report) -> str:
    """The whole page as text, to be written in UTF-8."""
    columns = _columns(report)
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            verdict=report.verdict,
            large=LARGE,
            drifted=[one for one in columns if one.verdict.drifted],
            apart=_apart(report, columns),
            steady=[one for one in columns if not (one.apart or one.verdict.drifted)],
            steps=next_steps(report),
            windows=report.history[-WINDOWS:],
            history=_history(report),
        )
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("count", "moment", "number", "probability", "share", "shorten", "statistic"):
        made.filters[name] = getattr(words, name)
    return made


def _columns(report: Report) -> list[Shown]:
    """The columns in the order of the verdict: the most drifted first."""
    found = {one.name: one for one in report.compared}
    return [
        _shown(one, found.get(one.name) or Compared(name=one.name, kind=one.kind))
        for one in report.verdict.columns
    ]


def _apart(report: Report, columns: list[Shown]) -> list[tuple[str, str]]:
    """The names of what could not be compared, each with the reason."""
    lacking = [(name, "The current window has no such column.") for name in report.missing]
    failed = [one for one in columns if one.apart and not one.verdict.drifted]
    return lacking + [
        (one.verdict.name, one.compared.problem or one.verdict.reason) for one in failed
    ]


def _shown(verdict: ColumnVerdict, compared: Compared) -> Shown:
    bins = compared.bins
    if bins is None or not bins.reference:
        return Shown(verdict=verdict, compared=compared, chart=None, words="")
    dates = compared.kind == "date"
    chart = categories_chart(bins) if bins.labels else distribution_chart(bins, dates=dates)
    return Shown(
        verdict=verdict, compared=compared, chart=_markup(chart), words=_change(bins, dates=dates)
    )


def _change(bins: Bins, *, dates: bool) -> str:
    """What the chart of a column shows, in one sentence: where the windows differ most."""
    pairs = list(zip(bins.reference, bins.current, strict=True))
    at = max(range(len(pairs)), key=lambda one: abs(pairs[one][1] - pairs[one][0]))
    was, now = (words.share(one) for one in pairs[at])
    if was == now:
        return "No bin changed."
    return f"Most changed: {_bin(bins, at, dates=dates)}, from {was} to {now} of the rows."


def _bin(bins: Bins, at: int, *, dates: bool) -> str:
    if bins.labels:
        return words.quoted(bins.labels[at], 40)
    low, high = bins.edges[at : at + 2]
    if dates:
        return f"{words.day(low)} to {words.day(high)}"
    return f"{words.number(low)} to {words.number(high)}"


def _history(report: Report) -> "list[Markup]":
    """The chart of the scores, once for a phone and once for a desk; none of a single window."""
    windows = report.history[-WINDOWS:]
    if len(windows) < 2:
        return []
    return [_markup(history_chart(windows, report.incidents, width)) for width in (NARROW, WIDE)]


def _markup(svg: str) -> "Markup":
    """What the drawing library wrote, in which it has escaped every text."""
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704 - SVG of our own charts; a test feeds them hostile labels.
