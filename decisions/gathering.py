"""Uploads are gathered until they pause: a thousand files start one training, not a thousand."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from decisions import labels
from decisions.actions import InspectArrivals, Notify, Schedule
from decisions.decision import Decision, unmoved
from decisions.events import DataArrived, DataInspected, TrainingDue
from decisions.policies import DataPolicy, ModelPolicy
from decisions.state import Gathering, ModelState

_MOST_TOLD = 20
_VERDICTS_WITHIN = timedelta(seconds=10)


def arrived(state: ModelState, event: DataArrived) -> Decision:
    """Have the blobs of the bucket opened before anything relies on them."""
    return Decision(
        state=state,
        actions=(InspectArrivals(model=state.model, bucket=event.bucket, since=event.since),),
    )


def inspected(
    state: ModelState, event: DataInspected, policy: ModelPolicy, now: datetime
) -> Decision:
    """Count what is fit for training, and tell people what is not."""
    admitted = _admit(state, event, policy, now) if event.admitted else Decision(state=state)
    if not event.quarantined:
        return admitted
    return admitted.also(_quarantine(admitted.state, event))


def _admit(state: ModelState, event: DataInspected, policy: ModelPolicy, now: datetime) -> Decision:
    gathering = _gathered(state.gathering, event, now)
    decision = Decision(
        state=replace(state, gathering=gathering),
        sentence=f"{event.admitted} new files ({event.size:,} bytes) are fit for training; "
        f"{gathering.files} wait.",
        numbers={"files": event.admitted, "size": event.size, "waiting": gathering.files},
    )
    return decision.also(check(decision.state, policy, now))


def check(state: ModelState, policy: ModelPolicy, now: datetime) -> Decision:
    """Have it checked whether the uploads paused, if anything waits for them."""
    gathering = state.gathering
    if gathering is None or gathering.due or gathering.files < policy.data.min_files:
        return unmoved(state)
    at = due(state, gathering, policy, now, arriving=False)
    return check_later(state, gathering, at) if at else unmoved(state)


def due(
    state: ModelState, gathering: Gathering, policy: ModelPolicy, now: datetime, *, arriving: bool
) -> datetime | None:
    """When what was gathered may be trained on; None when nobody wants that.

    New data is a reason of its own if the policy says so. If not, drift may wait for it, but not
    for two trainings at once.
    """
    paused = paused_at(gathering, policy.data, now, arriving=arriving)
    if "new_data" in policy.retrain.on:
        return paused
    ready = labels.ready_at(state, policy, now)
    return max(paused, ready) if ready else None


def check_later(state: ModelState, gathering: Gathering, at: datetime) -> Decision:
    """Wish for a training at the time when the uploads will have paused, if no more come."""
    waiting = replace(gathering, looks=gathering.looks + 1, due=at)
    return Decision(
        state=replace(state, gathering=waiting),
        actions=(Schedule(model=state.model, event=awaited(state.model, waiting), at=at),),
    )


def awaited(model: str, gathering: Gathering) -> TrainingDue:
    """The check that is on its way."""
    return TrainingDue(
        model=model, reason="new_data", key=gathering.key, ordinal=gathering.looks - 1
    )


def paused_at(
    gathering: Gathering, policy: DataPolicy, now: datetime, *, arriving: bool
) -> datetime:
    """When the uploads will have paused long enough, or will have been waited for too long.

    Blobs that are `arriving` (noted, no verdict yet) show that there is no pause so far. They get
    their verdicts just after the lane was told, so even without a quiet period that is awaited:
    a manifest that was frozen earlier would lack them, and nothing would ask for another.
    """
    if arriving:
        end = now + max(policy.quiet, _VERDICTS_WITHIN)
        return min(end, gathering.first + max(policy.max_wait, _VERDICTS_WITHIN))
    return min(gathering.last + policy.quiet, gathering.first + policy.max_wait)


def _gathered(gathering: Gathering | None, event: DataInspected, now: datetime) -> Gathering:
    if gathering is None:
        return Gathering(first=now, last=now, files=event.admitted, size=event.size)
    return replace(
        gathering,
        last=now,
        files=gathering.files + event.admitted,
        size=gathering.size + event.size,
    )


def _quarantine(state: ModelState, event: DataInspected) -> Decision:
    first = event.quarantined[0]
    files = [{"path": one.path, "reason": one.reason} for one in event.quarantined]
    others = len(event.quarantined) - 1
    more = f" and {others} more" if others else ""
    notice = Notify(
        model=state.model,
        kind="data.quarantined",
        about=f"{first.path}/{first.etag}",
        data={"files": files[:_MOST_TOLD], "quarantined": len(files)},
    )
    return Decision(
        state=state,
        actions=(notice,),
        sentence=f"Quarantined {first.path} ({first.reason}){more}.",
        numbers={"quarantined": len(event.quarantined)},
    )
