"""What should have come long ago: looks and checks that were lost, or set aside by mistake.

Each wait goes on by one message. Should that be parked (a role was missing when it came) or lost,
the wait would never end; so what is overdue is sent again, ever more seldom.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from decisions import gathering, governor, watching
from decisions.events import AnyEvent
from decisions.state import ModelState

_MINUTE = timedelta(minutes=1)
_FIRST = 15


def overdue(state: ModelState, now: datetime) -> list[AnyEvent]:
    """The events to send again in this minute: those due since 15, 30, 60, 120, … minutes."""
    return [event for event, due in _awaited(state) if due and _is_time((now - due) // _MINUTE)]


def _awaited(state: ModelState) -> Iterator[tuple[AnyEvent, datetime | None]]:
    """What the state waits for, and since when."""
    model, uploads = state.model, state.gathering
    if state.training:
        yield watching.training_look(model, state.training), state.training.due
    if state.rollout:
        yield watching.rollout_look(model, state.rollout), state.rollout.due
    if state.drift.judging:
        yield watching.judgement_look(model, state.drift.judging), state.drift.judging.due
    if state.batches.running:
        yield watching.batch_look(model, state.batches.running), state.batches.running.due
    for one in state.drift.incidents:
        if one.snoozed:
            yield watching.snooze_over(model, one.id, one.snoozed), one.snoozed
    if uploads:
        yield gathering.awaited(model, uploads), uploads.due
    if state.held and state.today and not (state.paused or state.training):
        yield governor.next_day(model, state.today.date)


def _is_time(minutes: int) -> bool:
    """Whether so many minutes are 15 times a power of two.

    >>> [minutes for minutes in range(-60, 130) if _is_time(minutes)]
    [15, 30, 60, 120]
    """
    times, rest = divmod(minutes, _FIRST)
    return times > 0 and rest == 0 and times.bit_count() == 1
