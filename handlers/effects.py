"""The one match over actions: each arm is one call of one port, safe to be made twice."""

from decisions.actions import (
    AdmitCandidate,
    AnyAction,
    CancelTraining,
    DeliverWebhook,
    DeployModel,
    EvaluateCandidate,
    FreezeManifest,
    InspectArrivals,
    JudgeWindow,
    Notify,
    ProfilePart,
    ProfileReference,
    PromoteModel,
    RegisterModel,
    RetireDeployment,
    RollBack,
    Schedule,
    ScoreBatch,
    ScorePartition,
    ShiftTraffic,
    SmokeTest,
    SubmitTraining,
)
from decisions.events import ModelRegistered
from decisions.ports import Ports
from handlers import outbox


def perform(action: AnyAction, ports: Ports) -> None:
    """Do what was decided. Raises Transient to have it tried again, Rejected to give it up."""
    match action:
        case Schedule():
            ports.messages.lane(action.event, action.at)
        case (
            InspectArrivals()
            | FreezeManifest()
            | AdmitCandidate()
            | EvaluateCandidate()
            | SmokeTest()
            | ProfileReference()
            | JudgeWindow()
            | ProfilePart()
            | ScoreBatch()
            | ScorePartition()
            | DeliverWebhook()
        ):
            ports.messages.work(action)
        case SubmitTraining():
            ports.training.submit(action)
        case CancelTraining():
            ports.training.cancel(action.job)
        case RegisterModel():
            version = ports.registry.register(action)
            registered = ModelRegistered(model=action.model, version=version, run=action.run)
            ports.messages.lane(registered)
        case PromoteModel():
            ports.registry.mirror(action.model, action.version, action.role)
        case DeployModel() | ShiftTraffic() | RollBack() | RetireDeployment():
            ports.endpoints.apply(action.spec)
        case Notify():
            outbox.tell(action, ports)
