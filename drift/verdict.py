"""Whether a window drifted, and why: pure, of what was compared and by a policy."""

from collections.abc import Sequence

from drift.adjust import adjust
from drift.judgement import judged
from drift.policy import Judging
from drift.results import ColumnVerdict, Compared, Rows, Verdict, Word

_MOST_NAMED = 3
_LONGEST = 80


def judge(
    compared: Sequence[Compared], rows: Rows, judging: Judging, missing: Sequence[str] = ()
) -> Verdict:
    """Judges a window by its columns; `missing` ones are in the reference alone.

    A window is drifted when a column drifted, stable when every column was compared and none
    drifted, else unknown: with columns missing or not comparable, or none at all. With too few rows
    it is unknown whatever its columns say.

    >>> from drift.build import numeric
    >>> from drift.compare import compare
    >>> moved = compare(numeric("age", range(1000)), numeric("age", range(500, 1500)))
    >>> judge([moved], Rows(reference=1000, current=1000), Judging()).reason
    '1 of 1 columns drifted: age.'
    """
    usable = [one for one in compared if one.problem is None]
    p_values = [1.0 if one.p_value is None else one.p_value for one in usable]
    adjusted = iter(adjust(p_values, judging.adjust))
    columns = [
        judged(one, next(adjusted) if one.problem is None else None, judging) for one in compared
    ]
    columns.sort(key=_severity, reverse=True)
    word, reason = _window(columns, rows, judging, missing)
    return Verdict(
        verdict=word,
        reason=reason,
        rows=rows,
        columns=tuple(columns),
        calm=word == "stable" and all(one.calm for one in columns),
        judging=judging,
    )


def _severity(column: ColumnVerdict) -> tuple[bool, float]:
    """Drifted columns first, then by how far the score is on its way to the threshold."""
    if column.score is None or column.threshold is None:
        return (column.drifted, 0.0)
    return (column.drifted, column.score / column.threshold if column.threshold else column.score)


def _window(
    columns: Sequence[ColumnVerdict], rows: Rows, judging: Judging, missing: Sequence[str]
) -> tuple[Word, str]:
    """The word on the window and the sentence that says why."""
    few = _too_few(rows, judging)
    if few is not None:
        return "unknown", f"{few}."
    if not columns and not missing:
        return "unknown", "There is no column to compare."
    drifted = [one.name for one in columns if one.drifted]
    gaps = _gaps(columns, missing)
    if drifted:
        also = f"; {gaps}" if gaps else ""
        return (
            "drifted",
            f"{len(drifted)} of {len(columns)} columns drifted: {_named(drifted)}{also}.",
        )
    if gaps:
        return "unknown", f"No column is known to have drifted, but {gaps}."
    return "stable", f"None of {len(columns)} columns drifted."


def _too_few(rows: Rows, judging: Judging) -> str | None:
    """Which window is too small to be judged, if any is."""
    for window, count in (("reference", rows.reference), ("current", rows.current)):
        if count < judging.min_rows or not count:
            return (
                f"The {window} window has {count:,} rows, fewer than {max(judging.min_rows, 1):,}"
            )
    return None


def _gaps(columns: Sequence[ColumnVerdict], missing: Sequence[str]) -> str:
    """What could not be compared, as part of a sentence; empty when everything was."""
    failed = [one.name for one in columns if one.score is None and one.kind != "empty"]
    parts = []
    if missing:
        parts.append(f"the current window lacks {_named(missing)}")
    if failed:
        parts.append(f"{_named(failed)} cannot be compared")
    return " and ".join(parts)


def _named(names: Sequence[str]) -> str:
    """Names in a sentence, of which a wide table has too many."""
    shown = ", ".join(name[:_LONGEST] for name in names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown
