"""From a Vega-Lite specification to SVG, and what all charts have in common.

Colours are CSS variables of the page, so that a chart follows the reader's light or dark setting.
"""

from typing import Any

Spec = dict[str, Any]

REFERENCE = {"fill": "var(--reference-fill)", "stroke": "var(--reference)", "strokeWidth": 1}
CURRENT = {"stroke": "var(--current)", "strokeWidth": 2}
FEW: Spec = {"grid": False, "labelOverlap": "greedy", "labelSeparation": 14, "labelFlush": True}


def draw(spec: Spec, width: int, height: int) -> str:
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
    "font": "system-ui, sans-serif",
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
