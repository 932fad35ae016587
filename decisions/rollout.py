"""A new version takes over in steps, and gives way at the first sign that it does not serve.

Every step is a whole specification of the endpoint under a rising generation, so that a late or
repeated step can never undo a newer one, and traffic sums to 100 or nothing serves yet.
"""

from datetime import datetime

from msgspec.structs import replace

from decisions import alarms, names, watching
from decisions.actions import (
    DeploymentSpec,
    DeployModel,
    EndpointSpec,
    Notify,
    PromoteModel,
    RetireDeployment,
    RollBack,
    ShiftTraffic,
    SmokeTest,
    Version,
)
from decisions.decision import Decision, unmoved
from decisions.events import ActionFailed, LookDue, SmokeTested
from decisions.facts import EndpointFacts, Facts
from decisions.policies import ModelPolicy
from decisions.state import Live, ModelState, Rollout


def begin(state: ModelState, version: Version, policy: ModelPolicy, now: datetime) -> Decision:
    """Load the version beside the serving one, or queue it behind what has to end first."""
    if state.rollout or state.paused:
        return Decision(
            state=replace(state, queued=version),
            sentence=f"Version {version.version} waits to be rolled out.",
        )
    deployment = DeploymentSpec(
        name=names.deployment_name(version.version, version.sha256),
        version=version.version,
        artifact=f"runs/{version.run}/model",
        sha256=version.sha256,
    )
    state = _raised(state)
    rollout = Rollout(
        version=version,
        started=state.generation,
        deployment=deployment,
        phase="loading",
        generation=state.generation,
        since=now,
        deadline=now + policy.rollout.ready_within,
    )
    spec = _spec(state, rollout, policy, share=0)
    deploy = Decision(
        state=replace(state, queued=None),
        actions=(DeployModel(model=state.model, spec=spec),),
        sentence=f"Deploying {deployment.name} to {policy.rollout.target}.",
    )
    return deploy.also(watching.look_at_rollout(deploy.state, rollout, now))


def look_due(
    state: ModelState, event: LookDue, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    """Look again at the rollout in progress: go on, wait, or roll back."""
    rollout = watching.current_rollout(state, event)
    if rollout is None:
        return unmoved(state)
    problem = _problem(rollout, facts.endpoint, now)
    if problem:
        return roll_back(state, rollout, policy, now, problem)
    match rollout.phase:
        case "loading":
            return _loading(state, rollout, facts.endpoint, now)
        case "testing":
            return _test(state, rollout, now)
        case "baking":
            return _baking(state, rollout, facts.endpoint, policy, now)
        case "retiring":
            return _retiring(state, rollout, facts.endpoint, policy, now)


def smoke_tested(
    state: ModelState, event: SmokeTested, policy: ModelPolicy, now: datetime
) -> Decision:
    """The new deployment answered: give it its first share, or roll it back."""
    rollout = state.rollout
    tested = rollout and (rollout.deployment.name, rollout.generation, rollout.phase)
    if rollout is None or tested != (event.deployment, event.generation, "testing"):
        return unmoved(state)
    if event.problem:
        return roll_back(state, rollout, policy, now, event.problem)
    return _shift(state, rollout, policy, now)


def action_failed(
    state: ModelState, event: ActionFailed, policy: ModelPolicy, now: datetime
) -> Decision:
    """A step or the test of the rollout in progress was given up: roll back."""
    rollout = state.rollout
    if rollout is None or not _concerns(event, state, rollout):
        return Decision(state=state, sentence=f"{event.action} was given up: {event.reason}")
    return roll_back(state, rollout, policy, now, f"{event.action} was given up: {event.reason}")


def roll_back(
    state: ModelState, rollout: Rollout, policy: ModelPolicy, now: datetime, reason: str
) -> Decision:
    """Return to the version that served before (or to none), and tell people why."""
    state = _raised(state)
    spec = _only(state, state.live.deployment if state.live else None, policy)
    data = {
        "version": rollout.version.version,
        "run": rollout.version.run,
        "reason": reason,
        "next": f"It is not tried again by itself: ratchet redeploy {state.model}",
    }
    back = Decision(
        state=replace(state, rollout=None),
        actions=(
            RollBack(model=state.model, spec=spec),
            Notify(
                model=state.model,
                kind="model.rolled_back",
                about=f"{rollout.deployment.name}/{rollout.started}",
                data=data,
            ),
        ),
        sentence=f"Rolled {rollout.deployment.name} back: {reason}",
    )
    return back.also(_next(back.state, policy, now))


def _loading(
    state: ModelState, rollout: Rollout, endpoint: EndpointFacts | None, now: datetime
) -> Decision:
    deployment = endpoint.deployment(rollout.deployment.name) if endpoint else None
    if deployment is None or deployment.state != "ready":
        return watching.look_at_rollout(state, rollout, now)
    return _test(state, replace(rollout, phase="testing", since=now), now)


def _test(state: ModelState, rollout: Rollout, now: datetime) -> Decision:
    test = SmokeTest(
        model=state.model,
        endpoint=state.model,
        deployment=rollout.deployment.name,
        run=rollout.version.run,
        generation=rollout.generation,
        ordinal=rollout.looks,
    )
    looked = watching.look_at_rollout(state, rollout, now)
    return Decision(state=state, actions=(test,)).also(looked)


def _shift(state: ModelState, rollout: Rollout, policy: ModelPolicy, now: datetime) -> Decision:
    state = _raised(state)
    step = rollout.step + 1 if state.live else len(policy.rollout.steps) - 1
    share = policy.rollout.steps[step] if state.live else 100
    shifted = replace(
        rollout,
        phase="baking",
        step=step,
        generation=state.generation,
        since=now,
        deadline=now + policy.rollout.ready_within + policy.rollout.bake,
    )
    spec = _spec(state, shifted, policy, share=share)
    shift = Decision(
        state=state,
        actions=(ShiftTraffic(model=state.model, spec=spec),),
        sentence=f"{rollout.deployment.name} gets {share} % of the traffic.",
        numbers={"traffic": share},
    )
    return shift.also(watching.look_at_rollout(state, shifted, now))


def _baking(
    state: ModelState,
    rollout: Rollout,
    endpoint: EndpointFacts | None,
    policy: ModelPolicy,
    now: datetime,
) -> Decision:
    taken_up = endpoint is not None and endpoint.generation >= rollout.generation
    bake = policy.rollout.bake if state.live else now - now
    if not taken_up or now < rollout.since + bake:
        return watching.look_at_rollout(state, rollout, now)
    if rollout.step + 1 < len(policy.rollout.steps):
        return _shift(state, rollout, policy, now)
    return _promote(state, rollout, policy, now)


def _promote(state: ModelState, rollout: Rollout, policy: ModelPolicy, now: datetime) -> Decision:
    """All traffic is on the new version: production is what it says, the old one is dropped."""
    state = _raised(state)
    live = Live(version=rollout.version, deployment=rollout.deployment, since=now)
    before = state.live.version.version if state.live else None
    retiring = replace(
        rollout,
        phase="retiring",
        generation=state.generation,
        since=now,
        deadline=now + policy.rollout.ready_within,
    )
    data = {
        "version": rollout.version.version,
        "replaces": before,
        "deployment": rollout.deployment.name,
        "endpoint": state.model,
        "target": policy.rollout.target,
    }
    promoted = Decision(
        state=replace(state, live=live),
        actions=(
            RetireDeployment(model=state.model, spec=_only(state, rollout.deployment, policy)),
            PromoteModel(model=state.model, version=rollout.version.version, role="live"),
            Notify(
                model=state.model,
                kind="model.deployed",
                about=rollout.deployment.name,
                data=data,
            ),
        ),
        sentence=f"Version {rollout.version.version} is live"
        + (f"; version {before} is retired." if before else "."),
        numbers={"version": rollout.version.version},
    )
    over = promoted.also(alarms.gone_live(promoted.state, rollout.version, policy, now))
    return over.also(watching.look_at_rollout(over.state, retiring, now))


def _retiring(
    state: ModelState,
    rollout: Rollout,
    endpoint: EndpointFacts | None,
    policy: ModelPolicy,
    now: datetime,
) -> Decision:
    taken_up = endpoint is not None and endpoint.generation >= rollout.generation
    if not taken_up and now < rollout.deadline:
        return watching.look_at_rollout(state, rollout, now)
    # What was not dropped in time goes with the next specification; nothing has to wait for it.
    late = None if taken_up else f"{rollout.deployment.name} is live beside what was not dropped."
    done = Decision(state=replace(state, rollout=None), sentence=late)
    return done.also(_next(done.state, policy, now))


def _raised(state: ModelState) -> ModelState:
    """The state with the generation of its next specification."""
    return replace(state, generation=state.generation + 1)


def _next(state: ModelState, policy: ModelPolicy, now: datetime) -> Decision:
    """Begin the rollout that had to wait, if one did."""
    return begin(state, state.queued, policy, now) if state.queued else unmoved(state)


def _problem(rollout: Rollout, endpoint: EndpointFacts | None, now: datetime) -> str | None:
    if rollout.phase == "retiring":
        return None
    deployment = endpoint.deployment(rollout.deployment.name) if endpoint else None
    if deployment and deployment.state == "failed":
        return deployment.reason or "the deployment failed without a reason."
    if now >= rollout.deadline:
        return f"{rollout.phase} took longer than it may."
    return None


def _concerns(event: ActionFailed, state: ModelState, rollout: Rollout) -> bool:
    if rollout.phase == "retiring":
        return False
    if event.action == SmokeTest.__name__:
        tested = f"{rollout.deployment.name}/{rollout.generation}/"
        return rollout.phase == "testing" and event.key.startswith(tested)
    return event.key == f"{state.model}/{rollout.generation}"


def _spec(state: ModelState, rollout: Rollout, policy: ModelPolicy, share: int) -> EndpointSpec:
    """The endpoint with the old and the new version, the new one having `share` percent."""
    old = state.live.deployment if state.live else None
    shares = {rollout.deployment.name: share}
    if old:
        shares[old.name] = 100 - share
    return EndpointSpec(
        name=state.model,
        target=policy.rollout.target,
        generation=state.generation,
        deployments=(*((old,) if old else ()), rollout.deployment),
        traffic={name: percent for name, percent in shares.items() if percent},
    )


def _only(state: ModelState, one: DeploymentSpec | None, policy: ModelPolicy) -> EndpointSpec:
    """The endpoint with one version that has all traffic, or with none."""
    return EndpointSpec(
        name=state.model,
        target=policy.rollout.target,
        generation=state.generation,
        deployments=(one,) if one else (),
        traffic={one.name: 100} if one else {},
    )
