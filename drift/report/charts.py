"""The charts of the page as SVG: drawn once, without a browser, in colours that the reader chooses.

Colours are CSS variables of the page, so that a chart follows the reader's light or dark setting.
The reference window is an area, the current one a line (or a thin bar in a wide one): who sees no
colours tells them apart as well. The words for those who see nothing stand in the page around a
chart; inside it there is nothing to be read aloud.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from drift.report.document import Incident, Point
from drift.report.words import narrow, share, shorten
from drift.results import Bins

Spec = dict[str, Any]

FONT = "system-ui, sans-serif"
WIDTH, HEIGHT = 340, 124
ROW = 30
MOST_ROWS = 8
LABEL_COLUMNS = 32
NARROW, WIDE = 350, 960
MOST_POINTS = 200
DAY = 86_400_000  # Milliseconds, which Vega counts time in.

_REFERENCE = {"fill": "var(--reference-fill)", "stroke": "var(--reference)", "strokeWidth": 1}
_CURRENT = {"stroke": "var(--current)", "strokeWidth": 2}


def column_chart(bins: Bins, kind: str) -> str:
    """Both windows of one column over each other."""
    if bins.edges:
        return _svg(_distribution(bins, dates=kind == "date"), WIDTH, HEIGHT)
    rows = _rows(bins)
    return _svg(_bars(rows), WIDTH, ROW * len(rows))


def history_chart(history: Sequence[Point], incidents: Iterable[Incident], width: int) -> str:
    """The worst score of each window as a multiple of its threshold, and when incidents were open.

    A window that could not be judged has no score: it is a square on the base line, where the line
    of the scores is broken.
    """
    points = [_point(one) for one in history[-MOST_POINTS:]]
    first, last = points[0]["end"], points[-1]["end"]
    spans = [_span(one, first, last) for one in incidents]
    return _svg(_history(points, [one for one in spans if one["from"] < one["to"]]), width, 190)


def _svg(spec: Spec, width: int, height: int) -> str:
    """Draws a specification to fit the given size. Nothing may be fetched for it."""
    import vl_convert

    whole = {
        "width": width,
        "height": height,
        "background": None,
        "padding": 1,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": _CONFIG,
    }
    return vl_convert.vegalite_to_svg(whole | spec, allowed_base_urls=[])


_CONFIG: Spec = {
    "aria": False,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--quiet)",
        "labelFontSize": 12,
        "labelPadding": 5,
        "tickColor": "var(--line)",
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "tickSize": 4,
        "title": None,
    },
    "text": {"color": "var(--ink)", "fontSize": 12},
}


def _distribution(bins: Bins, *, dates: bool) -> Spec:
    """Densities, so that a wide bin is not taken for a full one: shares are areas."""
    edges = [edge * 1000 for edge in bins.edges] if dates else list(bins.edges)
    kind = {"type": "temporal" if dates else "quantitative", "scale": _over(edges, dates=dates)}
    y = {"type": "quantitative", "axis": None, "stack": None}
    return {
        "data": {"values": _steps(edges, bins)},
        "encoding": {"x": kind | {"field": "x", "axis": _floor(edges, dates=dates)}},
        "layer": [
            {
                "mark": {"type": "area", "interpolate": "step-after"} | _REFERENCE,
                "encoding": {"y": y | {"field": "reference"}},
            },
            {
                "mark": {"type": "line", "interpolate": "step-after"} | _CURRENT,
                "encoding": {"y": y | {"field": "current"}, "order": {"field": "order"}},
            },
        ],
    }


def _floor(edges: Sequence[float], *, dates: bool) -> Spec:
    """The axis below a chart, with few labels: as exact as the span of dates asks for."""
    if not dates:
        return _FEW | {"tickCount": 4}
    days = (edges[-1] - edges[0]) / DAY
    return _FEW | {"format": "%H:%M" if days < 2 else "%-d %b" if days < 300 else "%b %Y"}


_FEW: Spec = {"grid": False, "labelOverlap": "greedy", "labelSeparation": 14, "labelFlush": True}


def _over(edges: Sequence[float], *, dates: bool) -> Spec:
    """The scale of the values, which ends where the bins end."""
    kind = "utc" if dates else "linear"
    return {"type": kind, "domain": [edges[0], edges[-1]], "nice": False, "zero": False}


def _steps(edges: Sequence[float], bins: Bins) -> list[Spec]:
    """The outline of both histograms, from the floor and back to it."""
    wide = [right - left for left, right in pairwise(edges)]
    heights = [
        (reference / width, current / width)
        for reference, current, width in zip(bins.reference, bins.current, wide, strict=True)
    ]
    outline = [(edges[0], (0.0, 0.0)), *zip(edges, heights, strict=False), (edges[-1], (0.0, 0.0))]
    return [
        {"order": order, "x": x, "reference": height[0], "current": height[1]}
        for order, (x, height) in enumerate(outline)
    ]


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
                "mark": {"type": "bar", "height": 10, "yOffset": 6} | _REFERENCE,
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


def _point(point: Point) -> Spec:
    return {
        "end": _milliseconds(point.end),
        "verdict": point.verdict,
        "ratio": point.ratio,
        "mark": point.ratio or 0.0,
    }


def _span(incident: Incident, first: float, last: float) -> Spec:
    """The part of an incident that the chart shows."""
    ended = last if incident.cleared is None else _milliseconds(incident.cleared)
    return {"from": max(first, _milliseconds(incident.raised)), "to": min(last, ended)}


def _milliseconds(moment: datetime) -> float:
    return moment.astimezone(UTC).timestamp() * 1000


def _history(points: Sequence[Spec], spans: Sequence[Spec]) -> Spec:
    """Scores in time under a square root, so that the threshold stays seen below a high peak."""
    peak = 1.05 * max(2.0, *(one["mark"] for one in points))
    time = {"type": "temporal", "scale": {"type": "utc", "padding": 8}, "axis": _TIMES}
    ratio = {
        "type": "quantitative",
        "scale": {"type": "sqrt", "domain": [0, peak]},
        "axis": _RATIOS,
    }
    end = time | {"field": "end"}
    return {
        "layer": [
            {
                "data": {"values": spans},
                "mark": {"type": "rect", "fill": "var(--incident)"},
                "encoding": {"x": time | {"field": "from"}, "x2": {"field": "to"}},
            },
            {
                "data": {"values": [{"at": 1}]},
                "mark": {"type": "rule", "color": "var(--drifted)", "strokeDash": [5, 4]},
                "encoding": {"y": ratio | {"field": "at"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "line", "invalid": "break-paths-filter-domains"} | _THREAD,
                "encoding": {"x": end, "y": ratio | {"field": "ratio"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "size": 50, "opacity": 1, "strokeWidth": 1.5},
                "encoding": {"x": end, "y": ratio | {"field": "mark"}} | _WORDS,
            },
        ],
    }


_MIDNIGHT = "utchours(datum.value) == 0 && utcminutes(datum.value) == 0"
_TIMES: Spec = _FEW | {
    "labelExpr": f"utcFormat(datum.value, {_MIDNIGHT} ? '%-d %b' : '%H:%M')",
    "tickCount": 6,
}
_THREAD = {"stroke": "var(--quiet)", "strokeWidth": 1.5}
_RATIOS: Spec = {"tickCount": 4, "format": ".3~g", "domain": False, "ticks": False}
_RANGE = ("stable", "drifted", "unknown")
_WORDS: Spec = {
    "shape": {
        "field": "verdict",
        "type": "nominal",
        "scale": {"domain": _RANGE, "range": ["circle", "diamond", "square"]},
        "legend": None,
    },
    "stroke": {
        "field": "verdict",
        "type": "nominal",
        "scale": {"domain": _RANGE, "range": [f"var(--{word})" for word in _RANGE]},
        "legend": None,
    },
    "fill": {
        "field": "verdict",
        "type": "nominal",
        "scale": {"domain": _RANGE, "range": ["var(--paper)", "var(--drifted)", "var(--unknown)"]},
        "legend": None,
    },
}
