"""A model's life in a few words: states to start from, and one call that decides."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from decisions.actions import AnyAction, DeploymentSpec, Notify, Schedule, Version
from decisions.decide import decide
from decisions.decision import Decision
from decisions.events import (
    AnyEvent,
    Comparison,
    DriftDue,
    Drifted,
    Manifest,
    TrainingDue,
    Window,
    WindowJudged,
)
from decisions.facts import DeploymentFacts, EndpointFacts, Facts, RegisteredFacts, RunFacts
from decisions.policies import DataPolicy, DriftPolicy, ModelPolicy, RetrainPolicy, RolloutPolicy
from decisions.state import Drift, Live, ModelState, Rollout, Training

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
JOB = "digits-00001-0123abcd"
MANIFEST = Manifest(digest="d" * 64, url="https://s/manifests/d", files=3, size=300)
POLICY = ModelPolicy(
    data=DataPolicy(container="data", pattern="digits/*.parquet"),
    retrain=RetrainPolicy(pipeline="train_digits"),
    rollout=RolloutPolicy(steps=(10, 50, 100), bake=timedelta(minutes=10)),
)
FRESH = ModelState(model="digits")
V1 = Version(version="1", run="digits-00001-aaaaaaaa", sha256="a" * 64, manifest="m1", score=0.84)
V2 = Version(version="2", run="digits-00002-bbbbbbbb", sha256="b" * 64, manifest="m2", score=0.95)
D1 = DeploymentSpec(
    name="v1-aaaaaaaa", version="1", artifact="runs/digits-00001-aaaaaaaa/model", sha256="a" * 64
)
D2 = DeploymentSpec(
    name="v2-bbbbbbbb", version="2", artifact="runs/digits-00002-bbbbbbbb/model", sha256="b" * 64
)
DRIFTING = replace(POLICY, drift=DriftPolicy())
SERVING = replace(FRESH, champion=V1, live=Live(version=V1, deployment=D1, since=NOW), generation=4)


WATCHED = replace(SERVING, drift=Drift(profiled=("1",)))
AGE = Drifted(name="age", statistic="psi", score=0.31, threshold=0.2)


def after(
    state: ModelState,
    event: AnyEvent,
    facts: Facts | None = None,
    policy: ModelPolicy = POLICY,
    now: datetime = NOW,
) -> Decision:
    return decide(state, event, facts or Facts(), policy, now)


def wish(key: str = "k", reason: Any = "person", ordinal: int = 0) -> TrainingDue:
    return TrainingDue(model="digits", reason=reason, key=key, ordinal=ordinal)


def in_stage(stage: Any, state: ModelState = FRESH, **known: Any) -> ModelState:
    training = Training(
        attempt=1,
        job=JOB,
        stage=stage,
        since=NOW,
        deadline=NOW + timedelta(hours=1),
        looks=1,
        **{
            "causes": ("training/new_data/x/0",),
            "manifest": MANIFEST,
            "sha256": "b" * 64,
            **known,
        },
    )
    return replace(state, training=training, attempts=1)


def in_phase(phase: Any, state: ModelState = SERVING, **known: Any) -> ModelState:
    rollout = Rollout(
        version=V2,
        started=5,
        deployment=D2,
        phase=phase,
        **{
            "generation": 5,
            "since": NOW,
            "deadline": NOW + timedelta(minutes=30),
            "looks": 1,
            **known,
        },
    )
    return replace(state, rollout=rollout, champion=V2, generation=5)


def run(status: str, reason: str | None = None) -> Facts:
    return Facts(run=RunFacts(status=status, reason=reason))


def registered(version: str, by_run: str | None) -> Facts:
    return Facts(registered=RegisteredFacts(version=version, run=by_run))


def endpoint(generation: int, state: str = "ready", reason: str | None = None) -> Facts:
    deployment = DeploymentFacts(name=D2.name, state=state, reason=reason)
    return Facts(endpoint=EndpointFacts(generation=generation, deployments=(deployment,)))


def compared(challenger: float | None, lower: float | None = None, **known: Any) -> Comparison:
    return Comparison(metric="test_accuracy", rows=230, challenger=challenger, lower=lower, **known)


def kinds(decision: Decision) -> list[str]:
    return [type(action).__name__ for action in decision.actions]


def the(decision: Decision, kind: type[AnyAction]) -> Any:
    """The one action of a kind."""
    (found,) = [action for action in decision.actions if isinstance(action, kind)]
    return found


def scheduled(decision: Decision) -> Any:
    return the(decision, Schedule)


def window(hour: int) -> Window:
    """The hour-th hour after now."""
    return Window(start=NOW + timedelta(hours=hour - 1), end=NOW + timedelta(hours=hour))


def due(hour: int) -> DriftDue:
    return DriftDue(model="digits", window=window(hour))


def judged(hour: int, verdict: Any = "drifted", version: str = "1", **known: Any) -> WindowJudged:
    """The verdict on an hour; a `stable` one is calm, one `near` the threshold is not."""
    drifted = verdict == "drifted"
    return WindowJudged(
        model="digits",
        window=window(hour),
        version=version,
        verdict="stable" if verdict == "near" else verdict,
        **{
            "sentence": f"It is {verdict}.",
            "calm": verdict == "stable",
            "columns": (AGE,) if drifted else (),
            "worst": 1.55 if drifted else 0.1,
            **known,
        },
    )


def watched(
    state: ModelState, *verdicts: Any, policy: ModelPolicy = DRIFTING, first: int = 1
) -> list[Decision]:
    """Windows that fall due and are judged, hour by hour from the first; gives the verdicts'."""
    decisions = []
    for hour, verdict in enumerate(verdicts, first):
        end = window(hour).end
        begun = after(state, due(hour), policy=policy, now=end)
        assert begun.state.drift.judging is not None
        version = begun.state.drift.judging.version.version
        decisions.append(after(begun.state, judged(hour, verdict, version), policy=policy, now=end))
        state = decisions[-1].state
    return decisions


def told(*decisions: Decision) -> list[str]:
    """The kinds of news, in order."""
    return [
        one.kind for decision in decisions for one in decision.actions if isinstance(one, Notify)
    ]
