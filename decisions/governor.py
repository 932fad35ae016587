"""The governor: one training in flight a model, a limit a day; what is held back is kept."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from decisions import labels, names, watching
from decisions.actions import FreezeManifest, Schedule
from decisions.decision import Decision, unmoved
from decisions.events import TrainingDue
from decisions.facts import Facts
from decisions.gathering import check_later, due
from decisions.policies import ModelPolicy
from decisions.state import Day, ModelState, Training

_MOST_HELD = 100


def training_due(
    state: ModelState, event: TrainingDue, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    """Start a training if the uploads paused and the governor lets it, or keep the wish."""
    if event.reason == "new_data":
        return _uploads_paused(state, event, facts, policy, now)
    if event.reason == "held":
        # The queue's clock may be ahead of this one: the day that it was sent for has begun.
        return start(state, policy, max(now, _beginning(event.key)))
    if event.reason != "person" and event.reason not in policy.retrain.on:
        return Decision(state=state, sentence=f"No training: retrain.on lacks {event.reason}.")
    return start(wished(state, event.cause), policy, now)


def wished(state: ModelState, cause: str) -> ModelState:
    """The state with one more reason to train.

    A model that is paused for months keeps the first reasons only: its row is bounded, and every
    reason stands in the ledger.
    """
    if cause in state.held or len(state.held) >= _MOST_HELD:
        return state
    return replace(state, held=(*state.held, cause))


def start(state: ModelState, policy: ModelPolicy, now: datetime) -> Decision:
    """Begin one training for all that is held, unless something forbids it now."""
    if not _ready(state):
        return unmoved(state)
    if state.paused:
        return _held(state, "the model is paused")
    if state.training:
        return _held(state, f"run {state.training.job} is in flight")
    if used(state, now) >= policy.retrain.max_per_day:
        return _tomorrow(state, policy, now)
    return _begin(state, now)


def _uploads_paused(
    state: ModelState, event: TrainingDue, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    gathering = state.gathering
    if gathering is None or gathering.key != event.key or event.ordinal != gathering.looks - 1:
        return unmoved(state)
    at = due(state, gathering, policy, now, arriving=facts.arriving > 0)
    if at and now < at:
        return check_later(state, gathering, at)
    came = labels.came(replace(state, gathering=None), policy, now)
    gathered = Decision(
        state=wished(came, event.cause) if "new_data" in policy.retrain.on else came,
        sentence=f"Uploads paused after {gathering.files} files.",
        numbers={"files": gathering.files, "size": gathering.size},
    )
    return gathered.also(start(gathered.state, policy, now))


def _begin(state: ModelState, now: datetime) -> Decision:
    attempt = state.attempts + 1
    causes = _ready(state)
    job = names.job_name(state.model, attempt, causes[0])
    training = Training(
        attempt=attempt,
        job=job,
        causes=causes,
        stage="freezing",
        since=now,
        deadline=now + watching.WORK_WITHIN,
    )
    rest = tuple(cause for cause in state.held if cause not in causes)
    begun = replace(state, attempts=attempt, held=rest)
    return Decision(
        state=begun,
        actions=(FreezeManifest(model=state.model, attempt=attempt),),
        sentence=f"Training {job} begins, for {len(causes)} cause(s).",
        numbers={"attempt": attempt, "causes": list(causes), "today": used(state, now)},
    ).also(watching.look_at_training(begun, training, now))


def _held(state: ModelState, why: str) -> Decision:
    return Decision(
        state=state,
        sentence=f"Training is held back: {why}.",
        numbers={"held": len(state.held)},
    )


def _tomorrow(state: ModelState, policy: ModelPolicy, now: datetime) -> Decision:
    due, midnight = next_day(state.model, _date(now))
    held = _held(state, f"{policy.retrain.max_per_day} trainings were started today")
    return held.also(
        Decision(state=state, actions=(Schedule(model=state.model, event=due, at=midnight),))
    )


def next_day(model: str, date: str) -> tuple[TrainingDue, datetime]:
    """The event that starts what was held back on a day, and the midnight at which it is due."""
    midnight = _beginning(date) + timedelta(days=1)
    return TrainingDue(model=model, reason="held", key=_date(midnight)), midnight


def used(state: ModelState, now: datetime) -> int:
    """How many runs were submitted today."""
    return state.today.trainings if state.today and state.today.date == _date(now) else 0


def counted(state: ModelState, now: datetime) -> ModelState:
    """The state with one more run submitted today."""
    return replace(state, today=Day(date=_date(now), trainings=used(state, now) + 1))


def _ready(state: ModelState) -> tuple[str, ...]:
    """What is held and may be trained for: not what people snoozed."""
    snoozed = {one.cause for one in state.drift.incidents if one.snoozed}
    return tuple(cause for cause in state.held if cause not in snoozed)


def _beginning(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
