"""A model's life in a few words: states to start from, and one call that decides."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from decisions.actions import AnyAction, DeploymentSpec, Schedule, Version
from decisions.decide import decide
from decisions.decision import Decision
from decisions.events import AnyEvent, Comparison, Manifest, TrainingDue
from decisions.facts import DeploymentFacts, EndpointFacts, Facts, RegisteredFacts, RunFacts
from decisions.policies import DataPolicy, ModelPolicy, RetrainPolicy, RolloutPolicy
from decisions.state import Live, ModelState, Rollout, Training

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
SERVING = replace(FRESH, champion=V1, live=Live(version=V1, deployment=D1, since=NOW), generation=4)


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
