"""One step of a model's lane: finish what was decided, then decide once, commit, perform."""

from msgspec import Struct

from decisions import names
from decisions.codec import encode
from decisions.decide import decide
from decisions.decision import Decision
from decisions.events import AnyEvent
from decisions.facts import Facts
from decisions.policies import ModelPolicy
from decisions.ports import Entry, Ports, Snapshot
from decisions.state import ModelState
from handlers import facts
from handlers.performing import perform_due


class Inputs(Struct, frozen=True, kw_only=True):
    """All that a decision was taken on: enough to take it again, anywhere, at any time."""

    state: ModelState
    event: AnyEvent
    facts: Facts
    policy: ModelPolicy
    now: str


def step(event: AnyEvent, ports: Ports) -> None:
    """Answer one event. Raises Conflict when another instance was first, Transient to wait."""
    policy = ports.policies[event.model]
    snapshot = perform_due(ports.models.load(event.model), ports)
    if ports.models.answered(event.model, event.cause):
        return
    known = facts.read(event, snapshot.state, policy, ports)
    committed = _commit(snapshot, event, known, policy, ports)
    perform_due(committed, ports)


def _commit(
    snapshot: Snapshot, event: AnyEvent, known: Facts, policy: ModelPolicy, ports: Ports
) -> Snapshot:
    now = ports.now()
    decision = decide(snapshot.state, event, known, policy, now)
    entry = None
    if decision.sentence:
        inputs = Inputs(
            state=snapshot.state, event=event, facts=known, policy=policy, now=now.isoformat()
        )
        entry = _entry(decision, event, inputs, ports)
    tag = ports.models.commit(snapshot.tag, decision.state, event.cause, entry)
    return Snapshot(state=decision.state, tag=tag)


def _entry(decision: Decision, event: AnyEvent, inputs: Inputs, ports: Ports) -> Entry:
    """The ledger's line; the inputs are stored first, under their digest, to be replayed."""
    content = encode(inputs)
    digest = names.digest(content.decode())
    ports.blobs.write("decisions", f"{event.model}/{digest}.json", content)
    return Entry(
        at=ports.now(),
        seq=decision.state.seq,
        event=type(event).__name__,
        cause=event.cause,
        sentence=decision.sentence or "",
        numbers=decision.numbers,
        actions=tuple(type(action).__name__ for action in decision.actions),
        decision=digest,
    )
