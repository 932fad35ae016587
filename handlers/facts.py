"""What a decision needs to know, read just before it is taken: the event says about what."""

from decisions.events import (
    AnyEvent,
    BatchDue,
    LookDue,
    ModelRegistered,
    RunCompleted,
    RunFailed,
    TrainingDue,
)
from decisions.facts import Facts
from decisions.policies import ModelPolicy
from decisions.ports import Ports
from decisions.state import ModelState
from handlers import results


def read(event: AnyEvent, state: ModelState, policy: ModelPolicy, ports: Ports) -> Facts:
    """The facts for one decision. Raises what the ports raise."""
    match event:
        case TrainingDue(reason="new_data"):
            until = int(ports.now().timestamp())
            return Facts(arriving=len(ports.arrivals.pending(event.model, range(until + 1))))
        case RunCompleted() | RunFailed():
            return Facts(run=ports.training.look(event.run))
        case LookDue(what="training") if state.training and state.training.stage == "running":
            return Facts(run=ports.training.look(event.name))
        case LookDue(what="rollout") if state.rollout:
            return Facts(endpoint=ports.endpoints.look(state.model, policy.rollout.target))
        case LookDue(what="batch") if state.batches.running:
            return Facts(
                results=len(results.done(state.model, state.batches.running.window, ports))
            )
        case BatchDue() if policy.batch and policy.batch.model.isdigit():
            return Facts(registered=ports.registry.find(event.model, policy.batch.model))
        case ModelRegistered(run=None):
            return Facts(registered=ports.registry.find(event.model, event.version))
        case _:
            return Facts()
