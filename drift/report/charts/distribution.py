"""A numeric column: the densities of both windows over each other."""

from collections.abc import Sequence
from itertools import pairwise

from drift.report.charts.svg import CURRENT, FEW, REFERENCE, Spec, draw
from drift.results import Bins

WIDTH, HEIGHT = 340, 124
DAY = 86_400_000  # Milliseconds, which Vega counts time in.


def distribution_chart(bins: Bins, *, dates: bool) -> str:
    """Both windows as densities, so that a wide bin is not taken for a full one."""
    return draw(_distribution(bins, dates=dates), WIDTH, HEIGHT)


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
                "mark": {"type": "area", "interpolate": "step-after"} | REFERENCE,
                "encoding": {"y": y | {"field": "reference"}},
            },
            {
                "mark": {"type": "line", "interpolate": "step-after"} | CURRENT,
                "encoding": {"y": y | {"field": "current"}, "order": {"field": "order"}},
            },
        ],
    }


def _floor(edges: Sequence[float], *, dates: bool) -> Spec:
    """The axis below a chart, with few labels: as exact as the span of dates asks for."""
    if not dates:
        return FEW | {"tickCount": 4}
    days = (edges[-1] - edges[0]) / DAY
    return FEW | {"format": "%H:%M" if days < 2 else "%-d %b" if days < 300 else "%b %Y"}


def _over(edges: Sequence[float], *, dates: bool) -> Spec:
    """The scale of the values, which ends where the bins end."""
    kind = "utc" if dates else "linear"
    low, high = edges[0], edges[-1]
    if low == high:  # A constant column stands in the middle.
        low, high = low - 0.5, high + 0.5
    return {"type": kind, "domain": [low, high], "nice": False, "zero": False}


def _steps(edges: Sequence[float], bins: Bins) -> list[Spec]:
    """The outline of both histograms, from the floor and back to it."""
    wide = _widths(edges)
    heights = [
        (reference / width, current / width)
        for reference, current, width in zip(bins.reference, bins.current, wide, strict=True)
    ]
    outline = [(edges[0], (0.0, 0.0)), *zip(edges, heights, strict=False), (edges[-1], (0.0, 0.0))]
    return [
        {"order": order, "x": x, "reference": height[0], "current": height[1]}
        for order, (x, height) in enumerate(outline)
    ]


def _widths(edges: Sequence[float]) -> list[float]:
    """How wide the bins are; one that holds a single value is as narrow as the narrowest other."""
    wide = [right - left for left, right in pairwise(edges)]
    narrowest = min(filter(None, wide), default=1.0)
    return [width or narrowest for width in wide]
