"""Everything that Ratchet decides about a model: one pure function.

No clock, randomness, environment or I/O: production, tests, the simulator, dry runs and replays
all call it with values. It tolerates any order and any repetition of events.
"""

from datetime import datetime

from msgspec.structs import replace

from decisions import (
    alarms,
    attention,
    batches,
    challenge,
    gathering,
    governor,
    pending,
    people,
    rollout,
    training,
    windows,
)
from decisions.actions import (
    DeployModel,
    JudgeWindow,
    ProfilePart,
    ProfileReference,
    RetireDeployment,
    RollBack,
    ScoreBatch,
    ScorePartition,
    ShiftTraffic,
    SmokeTest,
)
from decisions.decision import Decision, unmoved
from decisions.events import (
    AckRequested,
    ActionFailed,
    AnyEvent,
    BatchDue,
    BatchEnded,
    BatchMissed,
    CandidateAdmitted,
    CandidateEvaluated,
    CandidateRefused,
    DataArrived,
    DataInspected,
    DriftDetected,
    DriftDue,
    LookDue,
    ManifestFrozen,
    ModelDeployed,
    ModelRegistered,
    PauseRequested,
    RedeployRequested,
    ReferenceProfiled,
    ResumeRequested,
    RunCompleted,
    RunFailed,
    SmokeTested,
    SnoozeRequested,
    TrainingDue,
    WindowJudged,
)
from decisions.facts import Facts
from decisions.policies import ModelPolicy
from decisions.state import ModelState

_OF_ROLLOUT = frozenset(
    action.__name__ for action in (SmokeTest, DeployModel, ShiftTraffic, RollBack, RetireDeployment)
)
_OF_WINDOWS = frozenset(action.__name__ for action in (ProfileReference, JudgeWindow, ProfilePart))
_OF_BATCHES = frozenset(action.__name__ for action in (ScoreBatch, ScorePartition))


def decide(
    state: ModelState, event: AnyEvent, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    """The answer to `event`; its state holds the actions as pending, numbered by the decision."""
    answer = _answer(state, event, facts, policy, now)
    seq = state.seq + 1
    waiting = pending.queued(answer.state, answer.actions, seq)
    return replace(answer, state=replace(answer.state, seq=seq, pending=waiting))


def _answer(  # noqa: C901 - One arm an event: the behaviour of the system at a glance.
    state: ModelState, event: AnyEvent, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    match event:
        case DataArrived():
            return gathering.arrived(state, event)
        case DataInspected():
            return gathering.inspected(state, event, policy, now)
        case TrainingDue():
            return governor.training_due(state, event, facts, policy, now)
        case ManifestFrozen():
            return training.manifest_frozen(state, event, policy, now)
        case RunCompleted() | RunFailed():
            return training.run_ended(state, event, facts, policy, now)
        case CandidateAdmitted():
            return challenge.admitted(state, event, now)
        case CandidateRefused():
            return challenge.refused(state, event, policy, now)
        case CandidateEvaluated():
            return challenge.evaluated(state, event, policy, now)
        case ModelRegistered():
            return challenge.registered(state, event, facts, policy, now)
        case SmokeTested():
            return rollout.smoke_tested(state, event, policy, now)
        case LookDue(what="training"):
            return training.look_due(state, event, facts, policy, now)
        case LookDue(what="rollout"):
            return rollout.look_due(state, event, facts, policy, now)
        case LookDue(what="drift"):
            return windows.look_due(state, event, policy, now)
        case LookDue(what="batch"):
            return batches.look_due(state, event, facts, now)
        case LookDue(what="snooze"):
            return attention.snooze_over(state, event, policy, now)
        case LookDue() | ModelDeployed():
            return unmoved(state)
        case ActionFailed() if event.action in _OF_ROLLOUT:
            return rollout.action_failed(state, event, policy, now)
        case ActionFailed() if event.action in _OF_WINDOWS:
            return windows.action_failed(state, event, policy, now)
        case ActionFailed() if event.action in _OF_BATCHES:
            return batches.action_failed(state, event, now)
        case ActionFailed():
            return training.action_failed(state, event, policy, now)
        case DriftDue():
            return windows.drift_due(state, event, policy, now)
        case ReferenceProfiled():
            return windows.reference_profiled(state, event)
        case WindowJudged():
            return windows.window_judged(state, event, policy, now)
        case DriftDetected():
            return alarms.drift_detected(state, event, policy, now)
        case BatchDue():
            return batches.due(state, event, facts, policy, now)
        case BatchMissed():
            return batches.missed(state, event)
        case BatchEnded():
            return batches.ended(state, event, now)
        case PauseRequested():
            return people.pause(state, event)
        case ResumeRequested():
            return people.resume(state, event, policy, now)
        case RedeployRequested():
            return people.redeploy(state, event, policy, now)
        case AckRequested():
            return attention.acknowledge(state, event, policy, now)
        case SnoozeRequested():
            return attention.snooze(state, event, now)
