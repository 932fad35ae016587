"""Do what was decided, and mark it done: a crash in between only does it again."""

from decisions import pending
from decisions.codec import encode
from decisions.errors import Conflict, Rejected, Transient
from decisions.events import ActionFailed
from decisions.ports import Ports, Snapshot
from decisions.state import Pending
from handlers import effects, parking

_MOST_SURPRISES = 9


def perform_due(snapshot: Snapshot, ports: Ports) -> Snapshot:
    """Try all pending actions that are due; gives the state without those that are done.

    What may succeed later stays pending, with a look that tries it again; what never will is
    parked and comes back to the lane as `ActionFailed`, and so is, after some tries, what fails
    in a way that nobody thought of: one broken effect must not stop the lane.
    Raises Conflict when somebody else changed the state meanwhile.
    """
    due = pending.due(snapshot.state, ports.now())
    if not due:
        return snapshot
    outcomes = [(one, _try(one, ports)) for one in due]
    done = {one.id for one, later in outcomes if later is None}
    state = pending.settled(snapshot.state, done, [later for _, later in outcomes if later])
    look = pending.next_look(state)
    if look:
        ports.messages.lane(*look)
    return Snapshot(state=state, tag=ports.models.settle(snapshot.tag, state))


def _try(one: Pending, ports: Ports) -> Pending | None:
    """None when the action is over, done or given up; else the action with its next time."""
    try:
        effects.perform(one.action, ports)
    except Transient as error:
        return pending.delayed(one, ports.now(), error.retry_after)
    except Conflict:
        return pending.delayed(one, ports.now(), None)
    except Rejected as error:
        _give_up(one, error, parking.scrubbed(str(error)), ports)
    except Exception as error:  # noqa: BLE001 - Raised, it would stop every later event as well.
        if one.tries < _MOST_SURPRISES:
            return pending.delayed(one, ports.now(), None)
        _give_up(one, error, parking.named(error), ports)
    return None


def _give_up(one: Pending, error: Exception, reason: str, ports: Ports) -> None:
    action = one.action
    ports.messages.park(
        parking.parked(
            error, reason, source="lanes", body=encode(action).decode(), model=action.model
        )
    )
    ports.messages.lane(
        ActionFailed(
            model=action.model, action=type(action).__name__, key=action.key, reason=reason
        )
    )
