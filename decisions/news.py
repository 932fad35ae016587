"""What people are told of drift, each piece of news once."""

from typing import Any

from decisions.actions import Notify
from decisions.events import WindowJudged
from decisions.incidents import OWN, Incident, Watch


def detected(model: str, incident: Incident, about: str, sentence: str) -> Notify:
    """An incident was raised, or is open when people want to hear of it again."""
    return Notify(model=model, kind="drift.detected", about=about, data=_fields(incident, sentence))


def cleared(model: str, incident: Incident, sentence: str) -> Notify:
    """An incident is over."""
    return Notify(
        model=model, kind="drift.cleared", about=incident.id, data=_fields(incident, sentence)
    )


def of_window(model: str, event: WindowJudged, before: Watch, after: Watch) -> tuple[Notify, ...]:
    """Windows cannot be judged any more, or can be again: that is told when it changes."""
    if before.lost == after.lost:
        return ()
    kind = "drift.unknown" if after.lost else "drift.known"
    data = {"window": event.window.name, "report": event.report}
    return (_of_watch(model, kind, event.window.name, event.sentence, data),)


def no_reference(model: str, version: str, ordinal: int, sentence: str) -> Notify:
    """No window of a version can be judged: nothing is known of what it was trained on."""
    about = f"reference/{version}/{ordinal}"
    return _of_watch(model, "drift.unknown", about, sentence, {"version": version})


def _of_watch(model: str, kind: str, about: str, sentence: str, data: dict[str, Any]) -> Notify:
    told = {"monitor": OWN, "sentence": sentence, **data}
    return Notify(model=model, kind=kind, about=about, data=told)


def _fields(incident: Incident, sentence: str) -> dict[str, Any]:
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
