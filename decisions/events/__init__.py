"""What can happen to a model, in the past tense; each event is a message of the model's lane.

`cause` is the event's business key: two messages with the same cause are the same happening,
and only the first is answered. An event that is looked at again carries a higher `ordinal`.
"""

from decisions.events.batch import BatchDue, BatchEnded, BatchMissed, Figures, Outcome
from decisions.events.challenge import (
    CandidateAdmitted,
    CandidateEvaluated,
    CandidateRefused,
    Comparison,
)
from decisions.events.data import DataArrived, DataInspected, Quarantined
from decisions.events.drift import (
    DriftDetected,
    DriftDue,
    Drifted,
    ReferenceProfiled,
    Window,
    WindowJudged,
)
from decisions.events.event import Event, Moment
from decisions.events.people import (
    AckRequested,
    PauseRequested,
    RedeployRequested,
    ResumeRequested,
    SnoozeRequested,
)
from decisions.events.rollout import ModelDeployed, ModelRegistered, SmokeTested
from decisions.events.training import (
    Manifest,
    ManifestFrozen,
    Reason,
    RunCompleted,
    RunFailed,
    TrainingDue,
)
from decisions.events.waiting import ActionFailed, LookDue, Waiting

__all__ = [
    "AckRequested",
    "ActionFailed",
    "AnyEvent",
    "BatchDue",
    "BatchEnded",
    "BatchMissed",
    "CandidateAdmitted",
    "CandidateEvaluated",
    "CandidateRefused",
    "Comparison",
    "DataArrived",
    "DataInspected",
    "DriftDetected",
    "DriftDue",
    "Drifted",
    "Event",
    "Figures",
    "LookDue",
    "Manifest",
    "ManifestFrozen",
    "ModelDeployed",
    "ModelRegistered",
    "Moment",
    "Outcome",
    "PauseRequested",
    "Quarantined",
    "Reason",
    "RedeployRequested",
    "ReferenceProfiled",
    "ResumeRequested",
    "RunCompleted",
    "RunFailed",
    "SmokeTested",
    "SnoozeRequested",
    "TrainingDue",
    "Waiting",
    "Window",
    "WindowJudged",
]

AnyEvent = (
    DataArrived
    | DataInspected
    | TrainingDue
    | ManifestFrozen
    | RunCompleted
    | RunFailed
    | CandidateAdmitted
    | CandidateRefused
    | CandidateEvaluated
    | ModelRegistered
    | SmokeTested
    | ModelDeployed
    | DriftDue
    | ReferenceProfiled
    | WindowJudged
    | DriftDetected
    | BatchDue
    | BatchMissed
    | BatchEnded
    | LookDue
    | ActionFailed
    | PauseRequested
    | ResumeRequested
    | RedeployRequested
    | AckRequested
    | SnoozeRequested
)
