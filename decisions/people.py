"""What people ask for: pause, resume, and another try at rolling out the champion."""

from datetime import datetime

from msgspec.structs import replace

from decisions import governor, rollout
from decisions.decision import Decision, unmoved
from decisions.events import PauseRequested, RedeployRequested, ResumeRequested
from decisions.policies import ModelPolicy
from decisions.state import ModelState


def pause(state: ModelState, event: PauseRequested) -> Decision:
    """Let nothing new start; what is in flight goes on."""
    if _is_late(state, event):
        return unmoved(state)
    asked = _asked(state, event)
    if state.paused:
        return unmoved(asked)
    sentence = f"Paused by {event.by}: no training, rollout or batch begins until it is resumed."
    return Decision(state=replace(asked, paused=True), sentence=sentence)


def resume(
    state: ModelState, event: ResumeRequested, policy: ModelPolicy, now: datetime
) -> Decision:
    """Go on, with all that was held back meanwhile; the breaker counts anew."""
    if _is_late(state, event):
        return unmoved(state)
    asked = _asked(state, event)
    if not state.paused:
        return unmoved(asked)
    resumed = Decision(
        state=replace(asked, paused=False, refusals=0), sentence=f"Resumed by {event.by}."
    )
    started = resumed.also(governor.start(resumed.state, policy, now))
    if started.state.queued is None:
        return started
    return started.also(rollout.begin(started.state, started.state.queued, policy, now))


def redeploy(
    state: ModelState, event: RedeployRequested, policy: ModelPolicy, now: datetime
) -> Decision:
    """Roll the champion out once more, unless it serves or is on its way."""
    champion = state.champion
    if champion is None:
        return Decision(state=state, sentence="Nothing to deploy: there is no champion yet.")
    coming = [one.version for one in (state.rollout, state.live) if one]
    if champion in (*coming, state.queued):
        return Decision(
            state=state, sentence=f"Version {champion.version} is deployed or on its way already."
        )
    asked = Decision(state=state, sentence=f"{event.by} wants version {champion.version} deployed.")
    return asked.also(rollout.begin(state, champion, policy, now))


def _is_late(state: ModelState, event: PauseRequested | ResumeRequested) -> bool:
    """Whether a person has asked for something else since: a request may come out of order."""
    return bool(state.asked and event.at and event.at < state.asked)


def _asked(state: ModelState, event: PauseRequested | ResumeRequested) -> ModelState:
    return replace(state, asked=event.at or state.asked)
