"""A categorical column: one row a category, the current share as a thin bar in a wide one."""

from collections.abc import Sequence

from drift.report.charts.svg import REFERENCE, Spec, draw
from drift.report.words import narrow, share, shorten
from drift.results import Bins

WIDTH, ROW = 340, 30
MOST_ROWS = 8
LABEL_COLUMNS = 32


def categories_chart(bins: Bins) -> str:
    """The shares of both windows, category by category."""
    rows = _rows(bins)
    return draw(_bars(rows), WIDTH, ROW * len(rows))


def _rows(bins: Bins) -> list[Spec]:
    """The categories that hold or moved most, in their order, and the rest in one row."""
    whole = list(zip(bins.labels, bins.reference, bins.current, strict=True))
    kept = sorted(whole, key=lambda one: max(one[1:]), reverse=True)
    kept, rest = (
        (kept, []) if len(kept) <= MOST_ROWS else (kept[: MOST_ROWS - 1], kept[MOST_ROWS - 1 :])
    )
    rows = [one for one in whole if one in kept]
    if rest:
        sums = (sum(one[1] for one in rest), sum(one[2] for one in rest))
        rows.append((f"{len(rest):,} more", *sums))
    return [
        {
            "row": row,
            "label": narrow(shorten(label), LABEL_COLUMNS) or "(empty text)",
            "reference": reference,
            "current": current,
            "change": f"{share(reference)} to {share(current)}",
        }
        for row, (label, reference, current) in enumerate(rows)
    ]


def _bars(rows: Sequence[Spec]) -> Spec:
    """One row a category: its name, its two shares, and a thin bar in a wide one."""
    y = {"field": "row", "type": "ordinal", "axis": None, "scale": {"padding": 0}}
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, _longest(rows)]}}
    text = {"type": "text", "yOffset": -7, "baseline": "middle"}
    return {
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": 10, "yOffset": 6} | REFERENCE,
                "encoding": {"x": x | {"field": "reference"}},
            },
            {
                "mark": {"type": "bar", "height": 4, "yOffset": 6, "color": "var(--current)"},
                "encoding": {"x": x | {"field": "current"}},
            },
            {
                "mark": text | {"align": "left", "limit": WIDTH * 3 // 5},
                "encoding": {"x": {"value": 0}, "text": {"field": "label"}},
            },
            {
                "mark": text | {"align": "right", "color": "var(--quiet)"},
                "encoding": {"x": {"value": "width"}, "text": {"field": "change"}},
            },
        ],
    }


def _longest(rows: Sequence[Spec]) -> float:
    """The longest bar, and never nothing: a window without rows has no shares at all."""
    return max((max(one["reference"], one["current"]) for one in rows), default=0.0) or 1.0
