"""Actions between decided and done: what is due, what failed and is tried again."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec.structs import replace

from decisions import delays
from decisions.actions import AnyAction
from decisions.events import LookDue
from decisions.state import ModelState, Pending


def due(state: ModelState, now: datetime) -> tuple[Pending, ...]:
    """The pending actions that may be tried now, oldest first."""
    return tuple(one for one in state.pending if one.after is None or one.after <= now)


def queued(state: ModelState, actions: Collection[AnyAction], seq: int) -> tuple[Pending, ...]:
    """What waits to be done once decision `seq` has added its actions, numbered by it.

    What one of them makes pointless is not tried any more: late, it would undo the newer one.
    """
    taken = {action.slot for action in actions if action.slot}
    kept = tuple(one for one in state.pending if one.action.slot not in taken)
    return kept + tuple(
        Pending(id=f"{seq}.{place}", action=action) for place, action in enumerate(actions)
    )


def waits(state: ModelState, kind: type[AnyAction]) -> bool:
    """Whether an action of a kind is still being tried: an outage is no reason to give up."""
    return any(isinstance(one.action, kind) for one in state.pending)


def delayed(one: Pending, now: datetime, retry_after: timedelta | None) -> Pending:
    """The action after a try that may succeed later."""
    tries = one.tries + 1
    return replace(one, tries=tries, after=now + delays.retry(tries, retry_after))


def settled(
    state: ModelState, done: Collection[str], delayed_ones: Collection[Pending]
) -> ModelState:
    """The state without what is done, and with the new times of what is tried again."""
    changed = {one.id: one for one in delayed_ones}
    kept = tuple(changed.get(one.id, one) for one in state.pending if one.id not in done)
    waits = any(one.after for one in kept)
    return replace(state, pending=kept, retries=state.retries + waits)


def next_look(state: ModelState) -> tuple[LookDue, datetime] | None:
    """The look that tries the delayed actions again, and when; None when nothing waits."""
    times = [one.after for one in state.pending if one.after is not None]
    if not times:
        return None
    look = LookDue(model=state.model, what="actions", name="retry", ordinal=state.retries)
    return look, min(times)
