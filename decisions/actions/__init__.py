"""What Ratchet does about it, in the imperative; `handlers/effects.py` performs each by one call.

Every action is named by the cause that it answers, so that performing twice is performing once.
"""

from decisions.actions.action import Action, Schedule, Work
from decisions.actions.batch import ScoreBatch, ScorePartition
from decisions.actions.challenge import (
    AdmitCandidate,
    EvaluateCandidate,
    PromoteModel,
    RegisterModel,
    Version,
)
from decisions.actions.data import FreezeManifest, InspectArrivals
from decisions.actions.drift import JudgeWindow, ProfilePart, ProfileReference
from decisions.actions.news import DeliverWebhook, Notify
from decisions.actions.rollout import (
    DeploymentSpec,
    DeployModel,
    EndpointAction,
    EndpointSpec,
    RetireDeployment,
    RollBack,
    ShiftTraffic,
    SmokeTest,
)
from decisions.actions.training import CancelTraining, SubmitTraining

__all__ = [
    "Action",
    "AdmitCandidate",
    "AnyAction",
    "AnyWork",
    "CancelTraining",
    "DeliverWebhook",
    "DeployModel",
    "DeploymentSpec",
    "EndpointAction",
    "EndpointSpec",
    "EvaluateCandidate",
    "FreezeManifest",
    "InspectArrivals",
    "JudgeWindow",
    "Notify",
    "ProfilePart",
    "ProfileReference",
    "PromoteModel",
    "RegisterModel",
    "RetireDeployment",
    "RollBack",
    "Schedule",
    "ScoreBatch",
    "ScorePartition",
    "ShiftTraffic",
    "SmokeTest",
    "SubmitTraining",
    "Version",
    "Work",
]

AnyWork = (
    InspectArrivals
    | FreezeManifest
    | AdmitCandidate
    | EvaluateCandidate
    | SmokeTest
    | ProfileReference
    | JudgeWindow
    | ProfilePart
    | ScoreBatch
    | ScorePartition
    | DeliverWebhook
)
AnyAction = (
    Schedule
    | AnyWork
    | SubmitTraining
    | CancelTraining
    | RegisterModel
    | PromoteModel
    | DeployModel
    | ShiftTraffic
    | RollBack
    | RetireDeployment
    | Notify
)
