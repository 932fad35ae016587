"""One training from its manifest to its end: submit, believe only what was read, never wait."""

from datetime import datetime

from msgspec.structs import replace

from decisions import gathering, governor, labels, watching
from decisions.actions import (
    AdmitCandidate,
    AnyAction,
    CancelTraining,
    EvaluateCandidate,
    FreezeManifest,
    Notify,
    RegisterModel,
    SubmitTraining,
)
from decisions.decision import Decision, unmoved
from decisions.events import ActionFailed, LookDue, ManifestFrozen, RunCompleted, RunFailed
from decisions.facts import Facts
from decisions.policies import ModelPolicy
from decisions.state import ModelState, Stage, Training

_WAITS_FOR: dict[Stage, str] = {
    "freezing": FreezeManifest.__name__,
    "running": SubmitTraining.__name__,
    "admitting": AdmitCandidate.__name__,
    "evaluating": EvaluateCandidate.__name__,
    "registering": RegisterModel.__name__,
}


def manifest_frozen(
    state: ModelState, event: ManifestFrozen, policy: ModelPolicy, now: datetime
) -> Decision:
    """Submit the run on exactly these blobs, unless there is nothing (new) to train on."""
    training = state.training
    if not training or (training.attempt, training.stage) != (event.attempt, "freezing"):
        return unmoved(state)
    if event.manifest.files == 0:
        return _nothing_new(state, training, policy, now, "no file is fit for it")
    known = {state.last_manifest, state.champion.manifest if state.champion else None}
    if event.manifest.digest in known and not training.by_person:
        return _nothing_new(state, training, policy, now, "no data changed since the last run")
    return _submit(state, training, event, policy, now)


def run_ended(
    state: ModelState,
    event: RunCompleted | RunFailed,
    facts: Facts,
    policy: ModelPolicy,
    now: datetime,
) -> Decision:
    """The workspace says that a run ended: go on from what the run itself says now."""
    training = state.training
    if not training or training.job != event.run or training.stage != "running":
        return unmoved(state)
    return _look_at_run(state, training, facts, policy, now)


def look_due(
    state: ModelState, event: LookDue, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    """Look again at the training in flight: go on, ask again for lost work, or give up."""
    training = watching.current_training(state, event)
    if training is None:
        return unmoved(state)
    if training.stage == "running":
        return _look_at_run(state, training, facts, policy, now)
    if now >= training.deadline and not _is_tried(state, training):
        return fail(state, policy, now, f"{training.stage} took longer than it may.")
    again = _work_again(state, training)
    return Decision(state=state, actions=again).also(
        watching.look_at_training(state, training, now)
    )


def action_failed(
    state: ModelState, event: ActionFailed, policy: ModelPolicy, now: datetime
) -> Decision:
    """An action of the training in flight was given up, and so is the training."""
    training = state.training
    subject = event.key.split("/")[0]
    waiting = training and _WAITS_FOR[training.stage] == event.action
    if not (training and waiting and subject in {training.job, str(training.attempt)}):
        return Decision(state=state, sentence=f"{event.action} was given up: {event.reason}")
    return fail(state, policy, now, f"{event.action} was given up: {event.reason}")


def advance(state: ModelState, stage: Stage, now: datetime, **known: str | None) -> Decision:
    """The training in flight, one stage further, with its next look scheduled."""
    if state.training is None:
        raise ValueError(f"{state.model} has no training to advance to {stage}")
    training = replace(
        state.training, stage=stage, since=now, deadline=now + watching.WORK_WITHIN, **known
    )
    return watching.look_at_training(state, training, now)


def fail(state: ModelState, policy: ModelPolicy, now: datetime, reason: str) -> Decision:
    """End the training in flight without a model, and tell people why."""
    job = state.training.job if state.training else ""
    after = (
        f"The next reason to train tries its data again, and so does: ratchet retrain {state.model}"
    )
    data = {"run": job, "reason": reason, "next": after}
    notice = Notify(model=state.model, kind="run.failed", about=job, data=data)
    told = Decision(state=_untrained(state), actions=(notice,))
    return told.also(finish(told.state, policy, now, f"Training {job} failed: {reason}"))


def _untrained(state: ModelState) -> ModelState:
    """Nobody has learnt from the data of a run that failed: it counts as new."""
    submitted = state.training and state.training.manifest
    return replace(state, last_manifest=None) if submitted else state


def finish(state: ModelState, policy: ModelPolicy, now: datetime, sentence: str) -> Decision:
    """End the training in flight, and begin the next one if something was held back."""
    done = Decision(state=replace(state, training=None), sentence=sentence)
    return done.also(governor.start(done.state, policy, now))


def _nothing_new(
    state: ModelState, training: Training, policy: ModelPolicy, now: datetime, why: str
) -> Decision:
    """End a training that has nothing to learn from; what it answers of drift waits for labels.

    What arrived since its manifest was frozen may be what is waited for.
    """
    ended = Decision(state=state, sentence=f"No training: {why}.")
    awaited = ended.also(labels.awaited(ended.state, training))
    checked = awaited.also(gathering.check(awaited.state, policy, now))
    return checked.also(finish(checked.state, policy, now, ""))


def _submit(
    state: ModelState,
    training: Training,
    event: ManifestFrozen,
    policy: ModelPolicy,
    now: datetime,
) -> Decision:
    submit = SubmitTraining(
        model=state.model,
        job=training.job,
        pipeline=policy.retrain.pipeline,
        manifest=event.manifest,
        causes=training.causes,
    )
    running = replace(
        training,
        stage="running",
        manifest=event.manifest,
        since=now,
        deadline=now + policy.retrain.max_duration,
    )
    counted = governor.counted(labels.submitted(state, training, now), now)
    submitted = Decision(
        state=replace(counted, last_manifest=event.manifest.digest),
        actions=(submit,),
        sentence=f"Submitted {training.job} on {event.manifest.files} files "
        f"({event.manifest.size:,} bytes, data version {event.manifest.digest[:12]}).",
        numbers={"files": event.manifest.files, "data_version": event.manifest.digest},
    )
    return submitted.also(watching.look_at_training(submitted.state, running, now))


def _look_at_run(
    state: ModelState, training: Training, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    if facts.run and facts.run.status == "Completed":
        return _admit(state, training, now)
    if facts.run and facts.run.failed:
        return fail(state, policy, now, facts.run.reason or f"the run is {facts.run.status}.")
    if now >= training.deadline:
        cancelled = Decision(
            state=state, actions=(CancelTraining(model=state.model, job=training.job),)
        )
        limit = policy.retrain.max_duration
        return cancelled.also(fail(state, policy, now, f"the run took longer than {limit}."))
    return watching.look_at_training(state, training, now)


def _admit(state: ModelState, training: Training, now: datetime) -> Decision:
    took = now - training.since
    admit = Decision(
        state=state,
        actions=(AdmitCandidate(model=state.model, run=training.job),),
        sentence=f"Run {training.job} completed after {took.total_seconds():.0f} s.",
        numbers={"seconds": took.total_seconds()},
    )
    return admit.also(advance(state, "admitting", now))


def _is_tried(state: ModelState, training: Training) -> bool:
    """Whether what the stage waits for is still being tried: an outage is no reason to give up."""
    return _WAITS_FOR[training.stage] in {type(one.action).__name__ for one in state.pending}


def _work_again(state: ModelState, training: Training) -> tuple[AnyAction, ...]:
    """The work that the stage waits for, under a new ordinal: the first copy may be lost."""
    model, job, ordinal = state.model, training.job, training.looks
    match training.stage:
        case "freezing":
            return (FreezeManifest(model=model, attempt=training.attempt, ordinal=ordinal),)
        case "admitting":
            return (AdmitCandidate(model=model, run=job, ordinal=ordinal),)
        case "evaluating":
            return (
                EvaluateCandidate(
                    model=model,
                    run=job,
                    sha256=training.sha256 or "",
                    champion=state.champion,
                    ordinal=ordinal,
                ),
            )
        case _:
            return ()
