"""Drift alone teaches nothing: without labelled data that nobody trained on yet, it waits.

While an incident is open, newer data is trained on for it too, but at most once a cooldown.
"""

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from decisions.actions import Notify
from decisions.decision import Decision, unmoved
from decisions.incidents import Incident
from decisions.policies import DriftPolicy, ModelPolicy
from decisions.state import ModelState, Training

_OF_DRIFT = ("drift/", "training/drift/")


def on_drift(training: Training) -> bool:
    """Whether drift is among the reasons of a training."""
    return any(cause.startswith(_OF_DRIFT) for cause in training.causes)


def awaited(state: ModelState, training: Training) -> Decision:
    """A training found nothing new to train on: what it answers of drift waits for labels."""
    causes = [cause for cause in training.causes if cause.startswith(_OF_DRIFT)]
    if not causes:
        return unmoved(state)
    waiting = _waits(state, causes)
    quiet = {one.cause for one in state.drift.incidents if one.quiet}
    told = [cause for cause in causes if cause not in quiet]
    sentence = "Drift alone teaches nothing: labelled data that is new is awaited."
    return Decision(
        state=waiting,
        actions=(_news(waiting, told, sentence),) if told else (),
        sentence=sentence,
    )


def ready_at(state: ModelState, policy: ModelPolicy, now: datetime) -> datetime | None:
    """When newer data may be trained on for drift; None when drift waits for none."""
    return min((_not_before(state, cause, policy, now) for cause in state.awaiting), default=None)


def came(state: ModelState, policy: ModelPolicy, now: datetime) -> ModelState:
    """Newer data came: what waited for it, and has not just been trained for, waits no more."""
    ready = tuple(
        cause for cause in state.awaiting if _not_before(state, cause, policy, now) <= now
    )
    rest = forgotten(state, ready)
    return replace(rest, held=(*rest.held, *ready))


def submitted(state: ModelState, training: Training, now: datetime) -> ModelState:
    """A run answers these causes: the incidents among them go on waiting for still newer data."""
    causes = set(training.causes)
    for incident in state.drift.incidents:
        if incident.cause in causes:
            state = _waits(_tried(state, incident, now), [incident.cause])
    return state


def forgotten(state: ModelState, causes: Collection[str]) -> ModelState:
    """Without causes of drift that are over: they wait for nothing any more."""
    return replace(
        state,
        held=tuple(cause for cause in state.held if cause not in causes),
        awaiting=tuple(cause for cause in state.awaiting if cause not in causes),
    )


def _waits(state: ModelState, causes: Collection[str]) -> ModelState:
    more = tuple(cause for cause in causes if cause not in state.awaiting)
    return replace(state, awaiting=state.awaiting + more)


def _tried(state: ModelState, incident: Incident, now: datetime) -> ModelState:
    watch = state.drift.watches[incident.monitor]
    tried = replace(watch, incident=replace(incident, tried=now))
    return replace(state, drift=state.drift.watched(incident.monitor, tried))


def _not_before(state: ModelState, cause: str, policy: ModelPolicy, now: datetime) -> datetime:
    cooldown = (policy.drift or DriftPolicy()).cooldown
    tried = [one.tried for one in state.drift.incidents if one.cause == cause and one.tried]
    return max([now, *(one + cooldown for one in tried)])


def _news(state: ModelState, causes: list[str], sentence: str) -> Notify:
    incidents = [one.id for one in state.drift.incidents if one.cause in causes]
    data = {"incidents": incidents, "causes": causes, "sentence": sentence}
    return Notify(model=state.model, kind="drift.labels_awaited", about=causes[0], data=data)
