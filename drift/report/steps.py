"""What to do next: a few sentences, from what the report says and nothing else."""

from collections.abc import Iterator

from drift.report.document import Report
from drift.report.words import quoted, share
from drift.results import ColumnVerdict, Compared

SEVERAL = 3


def next_steps(report: Report) -> tuple[str, ...]:
    """What a person should do about the window, the most useful first."""
    steps = {"drifted": _drifted, "unknown": _unknown, "stable": _stable}[report.verdict.verdict]
    return tuple(steps(report))


def _stable(report: Report) -> Iterator[str]:
    if any(one.cleared is None for one in report.incidents):
        yield "Wait: the open incident clears by itself when enough windows in a row are calm."
        return
    yield "Nothing. The current window looks like what the model was trained on."


def _unknown(report: Report) -> Iterator[str]:
    rows, least = report.verdict.rows, report.verdict.judging.min_rows
    if min(rows.reference, rows.current) < least:
        yield (
            f"Give it more rows: both windows need at least {least:,}. A longer window, or a "
            "schedule that runs less often, collects more."
        )
    failed = [*report.missing, *(one.name for one in report.compared if one.problem)]
    if failed:
        yield (
            f"Repair what could not be compared, first {quoted(failed[0])}. Until then "
            "nobody knows whether it drifted."
        )
    yield "Do not read this as stable: whatever could not be compared may have drifted."


def _drifted(report: Report) -> Iterator[str]:
    drifted = [one for one in report.verdict.columns if one.drifted]
    found = {one.name: one for one in report.compared}
    first = [found[one.name] for one in drifted[:SEVERAL] if one.name in found]
    yield from _causes(first, report.verdict.judging.floor)
    if _everywhere(drifted, report):
        yield (
            "Most columns drifted at once. A changed unit, join, filter or sensor does that more "
            "often than the world: compare what produced the two windows before anything else."
        )
    yield _predictions(drifted, found)
    yield (
        "If the change is real, retrain on labelled data that looks like the current window. "
        "Without such labels a new training learns only what is known already."
    )


def _everywhere(drifted: list[ColumnVerdict], report: Report) -> bool:
    judged = [one for one in report.verdict.columns if one.score is not None]
    return len(drifted) >= SEVERAL and 2 * len(drifted) > len(judged)


def _causes(columns: list[Compared], floor: float) -> Iterator[str]:
    """Where to look: what a column must not hold tells more than how its values moved."""
    causes = {column.name: _cause(column, floor) for column in columns}
    yield from filter(None, causes.values())
    moved = ", ".join(quoted(name) for name, cause in causes.items() if cause is None)
    if moved:
        yield f"Look at {moved} below: the values moved within the range that is known."


def _cause(column: Compared, floor: float) -> str | None:
    was, now = column.reference, column.current
    name, least = quoted(column.name), max(floor, 0.01)
    if now.missing - was.missing >= least:
        return (
            f"Ask where {name} comes from: {share(now.missing)} of its current rows are empty, "
            f"{share(was.missing)} were in the reference."
        )
    if now.invalid + now.infinite - was.invalid - was.infinite >= least:
        return (
            f"Look for a changed format or type of {name}: {share(now.invalid + now.infinite)} of "
            "its current rows hold what is no valid value."
        )
    if now.outside >= least:
        return (
            f"Look at the new values of {name}: {share(now.outside)} of its current rows lie "
            "outside everything that the reference holds."
        )
    return None


def _predictions(drifted: list[ColumnVerdict], found: dict[str, Compared]) -> str:
    if any(one.name == "prediction" for one in drifted):
        return (
            "The predictions drifted too, so whoever uses them sees the change. Check them against "
            "labels of the current window as soon as there are some."
        )
    if "prediction" in found:
        return (
            "The predictions themselves did not drift. The model may still be right: check it "
            "against labels of the current window before changing it."
        )
    return (
        "Check the model against labels of the current window: drift alone does not make it wrong."
    )
