"""What people ask for: pause, resume; and what monitors say, on which people decided a policy."""

from datetime import datetime

from msgspec.structs import replace

from decisions import governor, rollout
from decisions.actions import Notify
from decisions.decision import Decision, unmoved
from decisions.events import DriftDetected, PauseRequested, ResumeRequested
from decisions.policies import ModelPolicy
from decisions.state import ModelState


def pause(state: ModelState, event: PauseRequested) -> Decision:
    """Let nothing new start; what is in flight goes on."""
    if state.paused:
        return unmoved(state)
    return Decision(state=replace(state, paused=True), sentence=f"Paused by {event.by}.")


def resume(
    state: ModelState, event: ResumeRequested, policy: ModelPolicy, now: datetime
) -> Decision:
    """Go on, with all that was held back meanwhile."""
    if not state.paused:
        return unmoved(state)
    resumed = Decision(state=replace(state, paused=False), sentence=f"Resumed by {event.by}.")
    started = resumed.also(governor.start(resumed.state, policy, now))
    if started.state.queued is None:
        return started
    return started.also(rollout.begin(started.state, started.state.queued, policy, now))


def drift_detected(
    state: ModelState, event: DriftDetected, policy: ModelPolicy, now: datetime
) -> Decision:
    """Tell people, and wish for a training if the policy says that drift is a reason for one."""
    data = {
        "monitor": event.monitor,
        "features": list(event.features),
        "score": event.score,
        "threshold": event.threshold,
    }
    told = Decision(
        state=state,
        actions=(Notify(model=state.model, kind="drift.detected", about=event.cause, data=data),),
        sentence=f"{event.monitor} reports drift of {', '.join(event.features) or 'the data'}.",
        numbers={"score": event.score, "threshold": event.threshold},
    )
    if "drift" not in policy.retrain.on:
        return told
    held = governor.wished(state, event.cause)
    return told.also(governor.start(held, policy, now))
