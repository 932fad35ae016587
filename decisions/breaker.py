"""The breaker: a model whose challengers do not help against drift is paused, and people know."""

from msgspec.structs import replace

from decisions import labels
from decisions.actions import Notify
from decisions.decision import Decision, unmoved
from decisions.policies import ModelPolicy
from decisions.state import ModelState, Training


def refused(state: ModelState, training: Training, policy: ModelPolicy) -> Decision:
    """A challenger was refused: if that was too often in a row on drift, the model is paused."""
    if not labels.on_drift(training):
        return unmoved(state)
    counted = replace(state, refusals=state.refusals + 1)
    limit = policy.retrain.max_refusals
    if state.paused or not limit or counted.refusals < limit:
        return unmoved(counted)
    sentence = (
        f"Paused: {counted.refusals} challengers in a row that were trained because of drift were "
        f"refused. Look at their data and at the gate, then: ratchet resume {state.model}"
    )
    data = {"run": training.job, "refusals": counted.refusals, "reason": sentence}
    notice = Notify(model=state.model, kind="model.paused", about=training.job, data=data)
    return Decision(
        state=replace(counted, paused=True),
        actions=(notice,),
        sentence=sentence,
        numbers={"refusals": counted.refusals},
    )
