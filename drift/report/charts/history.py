"""The history of the scores, with their threshold and the times when an incident was open."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from drift.report.charts.svg import FEW, Spec, draw
from drift.report.document import Incident, Point

NARROW, WIDE, HEIGHT = 350, 960, 190
"""In pixels: text keeps its size when a chart is about as wide as the screen that shows it."""


def history_chart(history: Sequence[Point], incidents: Iterable[Incident], width: int) -> str:
    """The worst score of each window as a multiple of its threshold, and when incidents were open.

    A window that could not be judged has no score: it is a square on the base line, where the line
    of the scores is broken.
    """
    points = [_point(one) for one in history]
    first, last = points[0]["end"], points[-1]["end"]
    spans = [_span(one, first, last) for one in incidents]
    return draw(_history(points, [one for one in spans if one["from"] < one["to"]]), width, HEIGHT)


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
    return moment.timestamp() * 1000


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
_TIMES: Spec = FEW | {
    "labelExpr": f"utcFormat(datum.value, {_MIDNIGHT} ? '%-d %b' : '%H:%M')",
    "tickCount": 6,
}
_THREAD = {"stroke": "var(--quiet)", "strokeWidth": 1.5}
_RATIOS: Spec = {"tickCount": 4, "format": ".3~g", "domain": False, "ticks": False}


def _by_verdict(*values: str) -> Spec:
    """One value each for stable, drifted and unknown windows."""
    scale = {"domain": ["stable", "drifted", "unknown"], "range": values}
    return {"field": "verdict", "type": "nominal", "scale": scale, "legend": None}


_WORDS: Spec = {
    "shape": _by_verdict("circle", "diamond", "square"),
    "stroke": _by_verdict("var(--stable)", "var(--drifted)", "var(--unknown)"),
    "fill": _by_verdict("var(--paper)", "var(--drifted)", "var(--unknown)"),
}
