"""Looking again: every wait has a deadline, and one chain of looks that nothing can break."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from decisions import delays
from decisions.actions import Schedule
from decisions.decision import Decision
from decisions.events import LookDue
from decisions.state import Batch, Judgement, ModelState, Rollout, Training

WORK_WITHIN = timedelta(hours=1)

_AT_LEAST = timedelta(seconds=1)
_RUN = (timedelta(seconds=15), timedelta(minutes=5))
_WORK = (timedelta(minutes=2), timedelta(minutes=10))
_ROLLOUT = (timedelta(seconds=1), timedelta(seconds=30))


def look_at_training(state: ModelState, training: Training, now: datetime) -> Decision:
    """Keep the training, and look at it again later under the next ordinal."""
    first, most = _RUN if training.stage == "running" else _WORK
    at = _next_look(training, now, first, most)
    training = replace(training, looks=training.looks + 1, due=at)
    look = training_look(state.model, training)
    return Decision(
        state=replace(state, training=training),
        actions=(Schedule(model=state.model, event=look, at=at),),
    )


def look_at_rollout(state: ModelState, rollout: Rollout, now: datetime) -> Decision:
    """Keep the rollout, and look at it again later under the next ordinal."""
    first, most = _ROLLOUT
    at = delays.look(rollout.since, now, first, most)
    rollout = replace(rollout, looks=rollout.looks + 1, due=at)
    look = rollout_look(state.model, rollout)
    return Decision(
        state=replace(state, rollout=rollout),
        actions=(Schedule(model=state.model, event=look, at=at),),
    )


def look_at_judgement(state: ModelState, judgement: Judgement, now: datetime) -> Decision:
    """Keep the window in judgement, and look at it again later under the next ordinal."""
    at = _next_look(judgement, now, *_WORK)
    judgement = replace(judgement, looks=judgement.looks + 1, due=at)
    look = judgement_look(state.model, judgement)
    return Decision(
        state=replace(state, drift=replace(state.drift, judging=judgement)),
        actions=(Schedule(model=state.model, event=look, at=at),),
    )


def look_at_batch(state: ModelState, batch: Batch, now: datetime) -> Decision:
    """Keep the batch that runs, and look at it again later under the next ordinal."""
    at = _next_look(batch, now, *_WORK)
    batch = replace(batch, looks=batch.looks + 1, due=at)
    look = batch_look(state.model, batch)
    return Decision(
        state=replace(state, batches=replace(state.batches, running=batch)),
        actions=(Schedule(model=state.model, event=look, at=at),),
    )


def training_look(model: str, training: Training) -> LookDue:
    """The look at a training that is on its way."""
    return LookDue(model=model, what="training", name=training.job, ordinal=training.looks)


def rollout_look(model: str, rollout: Rollout) -> LookDue:
    """The look at a rollout that is on its way."""
    name = _rollout_name(rollout)
    return LookDue(model=model, what="rollout", name=name, ordinal=rollout.looks)


def judgement_look(model: str, judgement: Judgement) -> LookDue:
    """The look at a window in judgement that is on its way."""
    name = judgement.window.name
    return LookDue(model=model, what="drift", name=name, ordinal=judgement.looks)


def batch_look(model: str, batch: Batch) -> LookDue:
    """The look at a batch that is on its way."""
    return LookDue(model=model, what="batch", name=batch.window.name, ordinal=batch.looks)


def snooze_over(model: str, incident: str, until: datetime) -> LookDue:
    """The end of an incident's snooze."""
    return LookDue(model=model, what="snooze", name=incident, ordinal=int(until.timestamp()))


def current_training(state: ModelState, look: LookDue) -> Training | None:
    """The training that a look is about, unless a later look is already on its way."""
    training = state.training
    current = training and (training.job, training.looks) == (look.name, look.ordinal)
    return training if current else None


def current_rollout(state: ModelState, look: LookDue) -> Rollout | None:
    """The rollout that a look is about, unless a later look is already on its way."""
    rollout = state.rollout
    current = rollout and (_rollout_name(rollout), rollout.looks) == (look.name, look.ordinal)
    return rollout if current else None


def current_judgement(state: ModelState, look: LookDue) -> Judgement | None:
    """The window in judgement that a look is about, unless a later look is on its way."""
    judgement = state.drift.judging
    current = judgement and (judgement.window.name, judgement.looks) == (look.name, look.ordinal)
    return judgement if current else None


def current_batch(state: ModelState, look: LookDue) -> Batch | None:
    """The batch that a look is about, unless a later look is on its way."""
    batch = state.batches.running
    current = batch and (batch.window.name, batch.looks) == (look.name, look.ordinal)
    return batch if current else None


def _next_look(
    waiting: Training | Judgement | Batch, now: datetime, first: timedelta, most: timedelta
) -> datetime:
    at = delays.look(waiting.since, now, first, most)
    if now >= waiting.deadline:
        return at
    # Never at once: a look that came early by this clock would be sent in a circle.
    return max(min(at, waiting.deadline), now + _AT_LEAST)


def _rollout_name(rollout: Rollout) -> str:
    return f"{rollout.deployment.name}/{rollout.started}"
