"""What comes of an incident: news for people, a training, and in the end the word that it is over.

Ratchet's own windows and the monitors of others are told alike. Only their ends differ: others say
when there is drift and never when there is none, so theirs end with the model that they are about.
"""

from datetime import datetime

from msgspec.structs import replace

from decisions import governor, incidents, labels, names, news
from decisions.actions import Version
from decisions.decision import Decision, unmoved
from decisions.events import DriftDetected, WindowJudged
from decisions.incidents import OWN, Incident, Seen, Watch
from decisions.policies import DriftPolicy, ModelPolicy
from decisions.state import ModelState

_MOST_MONITORS = 20
_MOST_FEATURES = 20


def window_seen(
    state: ModelState, event: WindowJudged, policy: ModelPolicy, rule: DriftPolicy, now: datetime
) -> Decision:
    """Ratchet's own monitor judged a window: an incident is raised, goes on, or is over."""
    before = state.drift.own
    after = incidents.step(before, _seen(event), _of_window(state, event, now), rule, now)
    judged = Decision(
        state=_watched(state, OWN, after),
        actions=news.of_window(state.model, event, before, after),
        sentence=f"Window {event.window.name} is {event.verdict}: {event.sentence}",
        numbers=_numbers(event),
    )
    if after.incident and not before.incident:
        return judged.also(_raised(judged.state, after.incident, event.sentence, policy, now))
    if before.incident and not after.incident:
        calm = f"{rule.clear_after} calm windows in a row"
        return judged.also(_cleared(judged.state, before.incident, calm))
    return judged


def drift_detected(
    state: ModelState, event: DriftDetected, policy: ModelPolicy, now: datetime
) -> Decision:
    """Another monitor reports drift: its incident is raised at once, unless one is open."""
    reports = f"{event.monitor} reports drift of {', '.join(event.features) or 'the data'}"
    room = _with_room(state, event.monitor)
    if room is None:
        return Decision(state=state, sentence=f"{reports}: nobody listens to that monitor.")
    before = room.drift.watches.get(event.monitor, Watch())
    if before.incident:
        return Decision(state=state, sentence=f"{reports}: {before.incident.id} is open already.")
    rule = policy.drift or DriftPolicy()
    after = incidents.raised(before, _of_monitor(state, event, now), rule, now)
    if after.incident is None:
        return Decision(state=state, sentence=f"{reports}, too soon after its last incident.")
    told = Decision(
        state=_watched(room, event.monitor, after),
        sentence=f"{reports}.",
        numbers={"drifted": {one.name: one.score for one in event.measures[:_MOST_FEATURES]}},
    )
    return told.also(_raised(told.state, after.incident, f"{reports}.", policy, now))


def gone_live(state: ModelState, version: Version, policy: ModelPolicy, now: datetime) -> Decision:
    """A version took over: incidents that no window will end are over if it was trained since."""
    attempt = names.attempt_of_job(version.run)
    decision = unmoved(state)
    for incident in state.drift.incidents:
        if attempt > incident.attempts and not ends_by_windows(incident, policy):
            why = f"version {version.version}, which was trained since, is live"
            decision = decision.also(end(decision.state, incident, why, now))
    return decision


def end(state: ModelState, incident: Incident, why: str, now: datetime) -> Decision:
    """End an incident that no window ends."""
    after = incidents.cleared(state.drift.watches[incident.monitor], now)
    return _cleared(_watched(state, incident.monitor, after), incident, why)


def ends_by_windows(incident: Incident, policy: ModelPolicy) -> bool:
    """Whether calm windows will end an incident: only Ratchet's own monitor speaks of them."""
    return incident.monitor == OWN and policy.drift is not None


def _raised(
    state: ModelState, incident: Incident, why: str, policy: ModelPolicy, now: datetime
) -> Decision:
    told = Decision(
        state=state,
        actions=(news.detected(state.model, incident, incident.id, why),),
        sentence=f"Incident {incident.id} is raised.",
        numbers={
            "incident": incident.id,
            "score": incident.score,
            "threshold": incident.threshold,
        },
    )
    if "drift" not in policy.retrain.on:
        return told
    return told.also(governor.start(governor.wished(state, incident.cause), policy, now))


def _cleared(state: ModelState, incident: Incident, why: str) -> Decision:
    sentence = f"Incident {incident.id} is over: {why}."
    return Decision(
        state=labels.forgotten(state, [incident.cause]),
        actions=() if incident.quiet else (news.cleared(state.model, incident, sentence),),
        sentence=sentence,
        numbers={"incident": incident.id},
    )


def _watched(state: ModelState, monitor: str, watch: Watch) -> ModelState:
    return replace(state, drift=state.drift.watched(monitor, watch))


def _with_room(state: ModelState, monitor: str) -> ModelState | None:
    """The state with room for what a monitor says; None if there is none, or the name is taken.

    Anybody may call himself a monitor, and a row is bounded: of those without an open incident the
    one that was quiet for longest makes room.
    """
    watches = {name: one for name, one in state.drift.watches.items() if name != OWN}
    if monitor == OWN:
        return None
    if monitor in watches or len(watches) < _MOST_MONITORS:
        return state
    over = [
        (one.cleared, name) for name, one in watches.items() if one.cleared and not one.incident
    ]
    if not over:
        return None
    _, oldest = min(over)
    kept = {name: one for name, one in state.drift.watches.items() if name != oldest}
    return replace(state, drift=replace(state.drift, watches=kept))


def _seen(event: WindowJudged) -> Seen:
    return Seen(
        window=event.window.name,
        version=event.version,
        verdict=event.verdict,
        calm=event.calm,
        worst=event.worst,
    )


def _of_window(state: ModelState, event: WindowJudged, now: datetime) -> Incident:
    worst = event.columns[0] if event.columns else None
    return Incident(
        id=names.incident_id(state.model, OWN, event.window.name),
        monitor=OWN,
        window=event.window.name,
        raised=now,
        cause=f"drift/{OWN}/{event.window.name}",
        attempts=state.attempts,
        features=tuple(one.name for one in event.columns[:_MOST_FEATURES]),
        score=worst.score if worst else None,
        threshold=worst.threshold if worst else None,
        report=event.report,
    )


def _of_monitor(state: ModelState, event: DriftDetected, now: datetime) -> Incident:
    return Incident(
        id=names.incident_id(state.model, event.monitor, event.window),
        monitor=event.monitor,
        window=event.window,
        raised=now,
        cause=event.cause,
        attempts=state.attempts,
        features=event.features[:_MOST_FEATURES],
        score=event.score,
        threshold=event.threshold,
    )


def _numbers(event: WindowJudged) -> dict[str, object]:
    return {
        "verdict": event.verdict,
        "rows": event.rows.current,
        "worst": event.worst,
        "drifted": {one.name: one.score for one in event.columns[:_MOST_FEATURES]},
    }
