"""What people say of an incident: that they know of it, or do not want to hear of it now."""

from datetime import UTC, datetime

from msgspec.structs import replace

from decisions import alarms, governor, news, watching
from decisions.actions import Schedule
from decisions.decision import Decision, unmoved
from decisions.events import AckRequested, LookDue, SnoozeRequested
from decisions.incidents import Incident
from decisions.policies import ModelPolicy
from decisions.state import ModelState


def acknowledge(
    state: ModelState, event: AckRequested, policy: ModelPolicy, now: datetime
) -> Decision:
    """No further news of an incident; one that no window would end is over by it."""
    incident = _open(state, event.incident)
    if incident is None:
        return _not_open(state, event.incident)
    if not alarms.ends_by_windows(incident, policy):
        return alarms.end(state, incident, f"{event.by} acknowledged it", now)
    return Decision(
        state=_kept(state, replace(incident, acknowledged=event.by)),
        sentence=f"{event.by} acknowledged incident {incident.id}.",
    )


def snooze(state: ModelState, event: SnoozeRequested, now: datetime) -> Decision:
    """Neither news of an incident nor a training from it, until a time."""
    incident = _open(state, event.incident)
    if incident is None:
        return _not_open(state, event.incident)
    until = event.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if event.until <= now:
        return Decision(state=state, sentence=f"No snooze: {until} is over.")
    snoozed = replace(incident, snoozed=event.until)
    wakes = watching.snooze_over(state.model, snoozed.id, event.until)
    return Decision(
        state=_kept(state, snoozed),
        actions=(Schedule(model=state.model, event=wakes, at=event.until),),
        sentence=f"{event.by} snoozed incident {incident.id} until {until}.",
    )


def snooze_over(state: ModelState, event: LookDue, policy: ModelPolicy, now: datetime) -> Decision:
    """An incident that is still open after its snooze is told again, and trained for if due."""
    incident = _open(state, event.name)
    if not incident or not incident.snoozed:
        return unmoved(state)
    if watching.snooze_over(state.model, incident.id, incident.snoozed) != event:
        return unmoved(state)
    awake = replace(incident, snoozed=None)
    sentence = f"Incident {incident.id} is still open after its snooze."
    about = f"{incident.id}/{event.ordinal}"
    told = () if awake.quiet else (news.detected(state.model, awake, about, sentence),)
    woken = Decision(state=_kept(state, awake), actions=told, sentence=sentence)
    return woken.also(governor.start(woken.state, policy, now))


def _open(state: ModelState, name: str) -> Incident | None:
    return next((one for one in state.drift.incidents if one.id == name), None)


def _not_open(state: ModelState, name: str) -> Decision:
    return Decision(state=state, sentence=f"No incident {name} is open.")


def _kept(state: ModelState, incident: Incident) -> ModelState:
    watch = replace(state.drift.watches[incident.monitor], incident=incident)
    return replace(state, drift=state.drift.watched(incident.monitor, watch))
