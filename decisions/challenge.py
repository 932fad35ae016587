"""Candidate → challenger → champion: a run's model is examined, compared, and registered or not."""

from datetime import datetime

from msgspec.structs import replace

from decisions import breaker, rollout, windows
from decisions.actions import EvaluateCandidate, Notify, PromoteModel, RegisterModel, Version
from decisions.decision import Decision, unmoved
from decisions.events import (
    CandidateAdmitted,
    CandidateEvaluated,
    CandidateRefused,
    Comparison,
    ModelRegistered,
)
from decisions.facts import Facts
from decisions.gate import judge
from decisions.policies import ModelPolicy
from decisions.state import ModelState, Stage, Training
from decisions.training import advance, finish


def admitted(state: ModelState, event: CandidateAdmitted, now: datetime) -> Decision:
    """The model file is harmless: score it, and the champion, on the same rows."""
    if not _in_stage(state, event.run, "admitting"):
        return unmoved(state)
    evaluate = Decision(
        state=state,
        actions=(_evaluate(state, event.run, event.sha256),),
        sentence=f"The model of {event.run} was examined and admitted ({event.sha256[:12]}).",
    )
    return evaluate.also(advance(state, "evaluating", now, sha256=event.sha256))


def refused(
    state: ModelState, event: CandidateRefused, policy: ModelPolicy, now: datetime
) -> Decision:
    """The model file must not be loaded anywhere: the run ends here, and people are told."""
    training = _in_stage(state, event.run, "admitting")
    if not training:
        return unmoved(state)
    sentence = f"Refused {event.run} at admission, {event.code}: {event.reason}"
    told = _refuse(state, training, policy, sentence, {"code": event.code})
    return told.also(finish(told.state, policy, now, ""))


def evaluated(
    state: ModelState, event: CandidateEvaluated, policy: ModelPolicy, now: datetime
) -> Decision:
    """The gate: register the challenger if it won, record and tell the refusal if not."""
    training = _in_stage(state, event.run, "evaluating")
    if not training:
        return unmoved(state)
    comparison = event.comparison
    if comparison.champion != (state.champion.version if state.champion else None):
        again = Decision(state=state, actions=(_evaluate(state, event.run, training.sha256 or ""),))
        return again.also(advance(state, "evaluating", now))
    verdict = judge(comparison, policy.gate)
    if verdict.won:
        return _register(state, training, comparison, verdict.sentence, now)
    told = _refuse(state, training, policy, verdict.sentence, numbers(comparison))
    return told.also(finish(told.state, policy, now, ""))


def registered(
    state: ModelState,
    event: ModelRegistered,
    facts: Facts,
    policy: ModelPolicy,
    now: datetime,
) -> Decision:
    """The registry has the new champion: deploy it. A version entered by hand is left alone."""
    run = event.run or (facts.registered.run if facts.registered else None)
    training = _in_stage(state, run, "registering") if run else None
    if not training:
        by_hand = facts.registered is not None and run is None
        return _registered_by_hand(state, event) if by_hand else unmoved(state)
    version = Version(
        version=event.version,
        run=training.job,
        sha256=training.sha256 or "",
        manifest=training.manifest.digest if training.manifest else "",
        score=training.score,
    )
    champion = _crown(state, version, policy)
    if policy.drift:
        champion = champion.also(windows.profile_reference(champion.state, version, now))
    ended = champion.also(finish(champion.state, policy, now, ""))
    return ended.also(rollout.begin(ended.state, version, policy, now))


def numbers(comparison: Comparison) -> dict[str, object]:
    """The figures that a verdict was decided on, under the names that people read."""
    figures = {
        "metric": comparison.metric,
        "test_rows": comparison.rows,
        "challenger": comparison.challenger,
        "champion": comparison.champion_score,
        "champion_version": comparison.champion,
        "gain": comparison.gain,
        "gain_lower_bound": comparison.lower,
        "confidence": comparison.confidence,
        "p_value": comparison.p_value,
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


def _register(
    state: ModelState, training: Training, comparison: Comparison, sentence: str, now: datetime
) -> Decision:
    register = RegisterModel(
        model=state.model,
        run=training.job,
        sha256=training.sha256 or "",
        manifest=training.manifest.digest if training.manifest else "",
        comparison=comparison,
    )
    scored = replace(state, training=replace(training, score=comparison.challenger))
    won = Decision(
        state=scored, actions=(register,), sentence=sentence, numbers=numbers(comparison)
    )
    return won.also(advance(scored, "registering", now))


def _crown(state: ModelState, version: Version, policy: ModelPolicy) -> Decision:
    data = {
        "version": version.version,
        "run": version.run,
        "data_version": version.manifest,
        policy.gate.metric: version.score,
    }
    return Decision(
        state=replace(state, champion=version, refusals=0),
        actions=(
            PromoteModel(model=state.model, version=version.version, role="champion"),
            Notify(model=state.model, kind="model.registered", about=version.version, data=data),
        ),
        sentence=f"Registered version {version.version}: it is the champion.",
        numbers={"version": version.version},
    )


def _registered_by_hand(state: ModelState, event: ModelRegistered) -> Decision:
    return Decision(
        state=state,
        sentence=f"Version {event.version} was registered by hand: it did not pass the gate, so "
        "it is neither champion nor deployed.",
    )


def _refuse(
    state: ModelState,
    training: Training,
    policy: ModelPolicy,
    sentence: str,
    figures: dict[str, object],
) -> Decision:
    data = {"run": training.job, "reason": sentence, **figures}
    notice = Notify(model=state.model, kind="model.refused", about=training.job, data=data)
    told = Decision(state=state, actions=(notice,), sentence=sentence, numbers=figures)
    return told.also(breaker.refused(state, training, policy))


def _evaluate(state: ModelState, run: str, sha256: str) -> EvaluateCandidate:
    return EvaluateCandidate(model=state.model, run=run, sha256=sha256, champion=state.champion)


def _in_stage(state: ModelState, run: str, stage: Stage) -> Training | None:
    training = state.training
    return training if training and (training.job, training.stage) == (run, stage) else None
