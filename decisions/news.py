"""What people are told of drift, each piece of news once."""

from typing import Any

from decisions.actions import Notify
from decisions.events import WindowJudged
from decisions.incidents import OWN, Incident, Watch


def detected(model: str, incident: Incident, about: str, sentence: str) -> Notify:
    """An incident was raised, or is open when people want to hear of it again."""
    return Notify(model=model, kind="drift.detected", about=about, data=_told(incident, sentence))


def cleared(model: str, incident: Incident, sentence: str) -> Notify:
    """An incident is over."""
    return Notify(
        model=model, kind="drift.cleared", about=incident.id, data=_told(incident, sentence)
    )


def of_window(model: str, event: WindowJudged, before: Watch, after: Watch) -> tuple[Notify, ...]:
    """Windows cannot be judged any more, or can be again: that is told when it changes."""
    about, version = event.window.name, event.version
    if after.lost and not before.lost:
        return (unknown(model, about, version, event.sentence, event.report),)
    if before.lost and not after.lost:
        data = _window(version, event.sentence, event.report)
        return (Notify(model=model, kind="drift.known", about=about, data=data),)
    return ()


def unknown(
    model: str, about: str, version: str, sentence: str, report: str | None = None
) -> Notify:
    """A window cannot be judged, or none of a version can."""
    data = _window(version, sentence, report)
    return Notify(model=model, kind="drift.unknown", about=about, data=data)


def _window(version: str, sentence: str, report: str | None) -> dict[str, Any]:
    return {"monitor": OWN, "version": version, "sentence": sentence, "report": report}


def _told(incident: Incident, sentence: str) -> dict[str, Any]:
    return {
        "incident": incident.id,
        "monitor": incident.monitor,
        "window": incident.window,
        "features": list(incident.features),
        "score": incident.score,
        "threshold": incident.threshold,
        "report": incident.report,
        "sentence": sentence,
    }
