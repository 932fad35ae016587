"""A decision taken again from its stored inputs: it comes out the same, or the rules changed."""

from datetime import datetime

import msgspec
from msgspec import Struct

from decisions.decide import decide
from decisions.decision import Decision
from decisions.errors import Missing, Rejected
from decisions.ports import Entry, Ports
from handlers.step import Inputs

_WHOLE_LEDGER = 100_000


class Replay(Struct, frozen=True, kw_only=True):
    """What was decided then, and what would be decided now."""

    model: str
    then: Entry
    sentence: str | None
    actions: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether this release decides as that one did."""
        return (self.sentence, self.actions) == (self.then.sentence, self.then.actions)


def replay(digest: str, ports: Ports) -> Replay:
    """Take a decision again; its digest, or the beginning of it, stands in the timeline.

    Raises Missing when no model's ledger has it, Rejected when its inputs cannot be read any more.
    """
    for model in ports.policies:
        for then in ports.models.ledger(model, _WHOLE_LEDGER):
            if then.decision and then.decision.startswith(digest):
                return _again(model, then, ports)
    raise Missing(f"no ledger has a decision {digest!r}: see ratchet timeline MODEL")


def _again(model: str, then: Entry, ports: Ports) -> Replay:
    decision = _decide(ports.blobs.read("decisions", f"{model}/{then.decision}.json"))
    actions = tuple(type(action).__name__ for action in decision.actions)
    return Replay(model=model, then=then, sentence=decision.sentence, actions=actions)


def _decide(content: bytes) -> Decision:
    try:
        inputs = msgspec.json.decode(content, type=Inputs)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Rejected(f"the inputs of the decision cannot be read: {error}") from error
    now = datetime.fromisoformat(inputs.now)
    return decide(inputs.state, inputs.event, inputs.facts, inputs.policy, now)
