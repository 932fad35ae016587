"""A window's report: a document, the page made of it, and the history that the next one continues.

Every blob is named after its window and replaced whole: after a crash it is written again.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from decisions.actions import Version
from decisions.codec import encode
from decisions.errors import Missing
from decisions.events import Window
from decisions.incidents import Watch
from decisions.ports import Judged, Ports
from drift.report.document import Incident, Point, Report, dumps
from drift.results import Verdict

CONTAINER = "reports"
_MOST_POINTS = 168  # A week of hours.
_MOST_INCIDENTS = 50


class History(Struct, frozen=True, kw_only=True):
    """What earlier windows came to, in the order of time, and the incidents among them."""

    points: tuple[Point, ...] = ()
    incidents: tuple[Incident, ...] = ()


def folder(model: str, window: Window) -> str:
    """Where everything about a window of a model is kept."""
    return f"{model}/{window.name}"


def write(model: str, window: Window, version: Version, judged: Judged, ports: Ports) -> str:
    """Store what came of a window; gives the path of the page."""
    place = folder(model, window)
    watch = ports.models.load(model).state.drift.own
    history = _continued(_last(model, watch, ports), window, judged, watch)
    report = Report(
        title=model,
        version=version.version,
        start=window.start,
        end=window.end,
        made_at=ports.now(),
        reference=f"the data that version {version.version} was trained on",
        current=f"what endpoint {model} was asked",
        verdict=judged.verdict,
        compared=judged.compared,
        missing=judged.missing,
        history=history.points,
        incidents=history.incidents,
    )
    document = dumps(report)
    ports.blobs.write(CONTAINER, f"{place}/report.json", document)
    ports.blobs.write(CONTAINER, f"{place}/report.html", ports.profiler.page(document))
    ports.blobs.write(CONTAINER, f"{place}/history.json", encode(history))
    return f"{place}/report.html"


def worst(verdict: Verdict) -> tuple[str | None, float | None]:
    """The column that drifted most, and its score in units of its threshold."""
    ratios = [
        (column.score / column.threshold, column.name)
        for column in verdict.columns
        if column.score is not None and column.threshold
    ]
    ratio, name = max(ratios, default=(None, None))
    return name, ratio


def _continued(last: History, window: Window, judged: Judged, watch: Watch) -> History:
    """The history up to a window, with the incidents as they were before its verdict."""
    column, ratio = worst(judged.verdict)
    point = Point(end=window.end, verdict=judged.verdict.verdict, column=column, ratio=ratio)
    earlier = [one for one in last.points if one.end < window.end]
    return History(
        points=(*earlier, point)[-_MOST_POINTS:],
        incidents=tuple(_incidents(last, watch))[-_MOST_INCIDENTS:],
    )


def _incidents(last: History, watch: Watch) -> Iterator[Incident]:
    """Those of the last history, ended if they were, and the one that is open."""
    now_open = watch.incident.id if watch.incident else None
    for one in last.incidents:
        over = one.cleared is None and one.id != now_open
        yield replace(one, cleared=watch.cleared) if over else one
    if watch.incident and now_open not in {one.id for one in last.incidents}:
        yield Incident(id=watch.incident.id, raised=watch.incident.raised)


def _last(model: str, watch: Watch, ports: Ports) -> History:
    """The history that the last window left, or an earlier one when that left none."""
    for seen in reversed(watch.recent):
        try:
            content = ports.blobs.read(CONTAINER, f"{model}/{seen.window}/history.json")
            return msgspec.json.decode(content, type=History)
        except (Missing, msgspec.DecodeError):
            continue
    return History()
