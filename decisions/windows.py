"""Windows of production's data: one is judged at a time, and none is lost without a word."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from decisions import alarms, news, pending, watching
from decisions.actions import JudgeWindow, ProfileReference, Version
from decisions.decision import Decision, unmoved
from decisions.events import (
    ActionFailed,
    DriftDue,
    LookDue,
    ReferenceProfiled,
    Window,
    WindowJudged,
)
from decisions.incidents import OWN
from decisions.policies import ModelPolicy
from decisions.state import Drift, Judgement, ModelState, Profiling

_MOST_PROFILED = 10
_PROFILED_WITHIN = timedelta(minutes=30)


def next_window(state: ModelState, due: datetime) -> Window | None:
    """The window that ends at `due`, if it is to be judged: from where the last one ended.

    A window that was skipped (no reference yet, another one in flight) is part of the next.
    """
    if state.live is None or state.drift.judging:
        return None
    start = state.drift.until or state.live.since
    return Window(start=start, end=due) if start < due else None


def profile_reference(state: ModelState, version: Version, now: datetime) -> Decision:
    """Have the data profiled that a version was trained on, before anything is judged by it."""
    ordinal = state.drift.asked
    profiling = Profiling(version=version.version, ordinal=ordinal, since=now)
    return Decision(
        state=replace(state, drift=replace(state.drift, asked=ordinal + 1, profiling=profiling)),
        actions=(ProfileReference(model=state.model, version=version, ordinal=ordinal),),
    )


def reference_profiled(state: ModelState, event: ReferenceProfiled) -> Decision:
    """A version has its reference, or none can be made: then its windows stay unknown."""
    if event.problem:
        return _no_reference(state, event.version, event.ordinal, event.problem)
    others = [one for one in state.drift.profiled if one != event.version]
    profiled = (*others, event.version)[-_MOST_PROFILED:]
    return Decision(
        state=replace(state, drift=replace(_answered(state, event.version), profiled=profiled)),
        sentence=f"Version {event.version} has a reference profile of what it was trained on.",
    )


def drift_due(state: ModelState, event: DriftDue, policy: ModelPolicy, now: datetime) -> Decision:
    """A window has ended: judge it against the live version's reference, one at a time."""
    drift, window = state.drift, event.window
    if policy.drift is None or state.live is None or drift.judging:
        return unmoved(state)
    if drift.until and window.end <= drift.until:
        return unmoved(state)
    version = state.live.version
    if version.version not in drift.profiled:
        return _ask_for_reference(state, version, now)
    judgement = Judgement(
        window=window, version=version, since=now, deadline=now + watching.WORK_WITHIN
    )
    begun = Decision(
        state=replace(state, drift=replace(drift, until=window.end)),
        actions=(JudgeWindow(model=state.model, window=window, version=version),),
    )
    return begun.also(watching.look_at_judgement(begun.state, judgement, now))


def window_judged(
    state: ModelState, event: WindowJudged, policy: ModelPolicy, now: datetime
) -> Decision:
    """The verdict on the window in flight; one that was given up meanwhile counts for nothing."""
    judging = state.drift.judging
    if judging is None or (judging.window.name, judging.version.version) != (
        event.window.name,
        event.version,
    ):
        return unmoved(state)
    over = replace(state, drift=replace(state.drift, judging=None))
    if policy.drift is None or not _is_live(state, event.version):
        sentence = f"Window {event.window.name} counts for nothing: version {event.version} "
        return Decision(state=over, sentence=f"{sentence}is not watched any more.")
    return alarms.window_seen(over, event, policy, policy.drift, now)


def look_due(state: ModelState, event: LookDue, policy: ModelPolicy, now: datetime) -> Decision:
    """Look again at the window in flight: ask again for lost work, or give it up as unknown."""
    judging = watching.current_judgement(state, event)
    if judging is None:
        return unmoved(state)
    if now >= judging.deadline and not pending.waits(state, JudgeWindow):
        return _give_up(state, judging, "to judge it took longer than it may.", policy, now)
    again = JudgeWindow(
        model=state.model, window=judging.window, version=judging.version, ordinal=judging.looks
    )
    asked = Decision(state=state, actions=(again,))
    return asked.also(watching.look_at_judgement(state, judging, now))


def action_failed(
    state: ModelState, event: ActionFailed, policy: ModelPolicy, now: datetime
) -> Decision:
    """A profile was given up: what it was for stays unknown, and says why."""
    subject, version, *_ = event.key.split("/")
    reason = f"{event.action} was given up: {event.reason}"
    profiling, judging = state.drift.profiling, state.drift.judging
    if event.action == ProfileReference.__name__:
        if profiling and event.key == f"{profiling.version}/{profiling.ordinal}":
            return _no_reference(state, profiling.version, profiling.ordinal, reason)
    elif judging and (judging.window.name, judging.version.version) == (subject, version):
        return _give_up(state, judging, reason, policy, now)
    return Decision(state=state, sentence=reason)


def _ask_for_reference(state: ModelState, version: Version, now: datetime) -> Decision:
    """Ask again for a reference that did not come; the window becomes part of the next one."""
    asked = state.drift.profiling
    if asked and asked.version == version.version and now < asked.since + _PROFILED_WITHIN:
        return unmoved(state)
    waits = Decision(
        state=state,
        sentence=f"No window is judged: version {version.version} has no reference profile yet.",
    )
    return waits.also(profile_reference(state, version, now))


def _no_reference(state: ModelState, version: str, ordinal: int, problem: str) -> Decision:
    """People hear it once, and of a version that is live: it is asked for at each window anew."""
    if version in state.drift.profiled:
        return unmoved(state)
    drift = _answered(state, version)
    sentence = f"Version {version} has no reference to be judged by: {problem}"
    if drift.own.lost or not _is_live(state, version):
        return Decision(state=replace(state, drift=drift), sentence=sentence)
    lost = drift.watched(OWN, replace(drift.own, lost=True))
    return Decision(
        state=replace(state, drift=lost),
        actions=(news.unknown(state.model, f"reference/{version}/{ordinal}", version, sentence),),
        sentence=sentence,
    )


def _answered(state: ModelState, version: str) -> Drift:
    asked = state.drift.profiling
    done = asked is not None and asked.version == version
    return replace(state.drift, profiling=None) if done else state.drift


def _give_up(
    state: ModelState, judging: Judgement, reason: str, policy: ModelPolicy, now: datetime
) -> Decision:
    """A window that nobody could judge is unknown, which is never read as stable."""
    unknown = WindowJudged(
        model=state.model,
        window=judging.window,
        version=judging.version.version,
        verdict="unknown",
        sentence=reason,
    )
    return window_judged(state, unknown, policy, now)


def _is_live(state: ModelState, version: str) -> bool:
    return state.live is not None and state.live.version.version == version
