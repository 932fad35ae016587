"""Which batch is due: by the schedule, the clocks of its zone, and what has run so far.

The windows of a model's batches follow one another without gap or overlap: each begins where the
last one ended, and ends at a due time. What became due while a batch ran is *overlapped*, what
became due while nothing ran, and nobody looked for some minutes, was *missed*; the policy says what
is done about either. Due times before the first batch are never made up for.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from decisions import ncrontab
from decisions.events import BatchDue, BatchMissed, Window
from decisions.policies import BatchPolicy
from decisions.state import Batches, ModelState

ON_TIME = timedelta(minutes=5)
"""A due time is looked for every minute; one that is noticed within this time was not missed."""

_SECOND = timedelta(seconds=1)


class Calendar(Struct, frozen=True, kw_only=True):
    """A schedule by the clocks of a zone."""

    schedule: ncrontab.Schedule
    zone: ZoneInfo

    @classmethod
    def of(cls, policy: BatchPolicy) -> "Calendar":
        """The calendar of a policy."""
        return cls(schedule=ncrontab.parse(policy.schedule), zone=ZoneInfo(policy.time_zone))

    def next(self, after: datetime) -> datetime | None:
        """The first due time after a moment."""
        return self.schedule.next(after, self.zone)

    def latest(self, until: datetime) -> datetime | None:
        """The last due time up to a moment."""
        return self.schedule.latest(until, self.zone)


def next_due(
    state: ModelState, policy: BatchPolicy, now: datetime
) -> BatchDue | BatchMissed | None:
    """The batch to begin now, or the due times to leave out; None while there is neither."""
    if state.paused or state.batches.running:
        return None
    calendar = Calendar.of(policy)
    ripe = now - policy.grace
    first = _first(state, calendar, ripe)
    if first is None or first > ripe:
        return None
    start = _start(state, calendar, first)
    if _overlapped(state.batches, first, policy):
        if policy.overlap == "queue":
            return _due(state, start, first)
        first = calendar.next((state.batches.ended or ripe) - policy.grace)
        if first is None or first > ripe:
            return None
    limit = _limit(state.batches, first, ripe, policy)
    if policy.catch_up == "none" and first < ripe - ON_TIME:
        end = calendar.latest(min(limit, ripe - ON_TIME)) or first
        return BatchMissed(model=state.model, window=Window(start=start, end=end))
    if policy.catch_up == "all":
        return _due(state, start, first)
    return _due(state, start, calendar.latest(limit) or first)


def asked_now(
    state: ModelState, policy: BatchPolicy, now: datetime, since: datetime | None = None
) -> Window | None:
    """The window of a batch that a person wants now; None while nothing can have come into it.

    It begins where the last one ended, or at a time that the person names.
    """
    end = _whole(now)
    start = since or _start(state, Calendar.of(policy), end)
    return Window(start=start, end=end) if start < end else None


def _first(state: ModelState, calendar: Calendar, ripe: datetime) -> datetime | None:
    """The first due time that was neither answered nor left out."""
    if state.batches.until:
        return calendar.next(state.batches.until)
    on_time = ripe - ON_TIME
    return calendar.next(max(state.live.since, on_time) if state.live else on_time)


def _start(state: ModelState, calendar: Calendar, end: datetime) -> datetime:
    """Where a window begins: at the end of the last one, or when the first version went live.

    Where none is live (a batch may want the champion, or a version by its number) the first window
    is one turn of the schedule.
    """
    if state.batches.until:
        return state.batches.until
    if state.live:
        return _whole(state.live.since)
    before = end - _SECOND
    return calendar.latest(before) or before


def _overlapped(batches: Batches, due: datetime, policy: BatchPolicy) -> bool:
    """Whether a due time passed while a batch ran."""
    if batches.busy is None or batches.ended is None:
        return False
    return batches.busy < due + policy.grace <= batches.ended


def _limit(batches: Batches, first: datetime, ripe: datetime, policy: BatchPolicy) -> datetime:
    """Up to when due times are of a kind with the first: what overlapped is decided by itself."""
    if batches.busy and first + policy.grace <= batches.busy:
        return min(ripe, batches.busy - policy.grace)
    return ripe


def _due(state: ModelState, start: datetime, end: datetime) -> BatchDue:
    window = Window(start=start, end=end)
    return BatchDue(model=state.model, window=window, ordinal=state.batches.asked)


def _whole(moment: datetime) -> datetime:
    """A moment in whole seconds: storage tells no more of when a blob was modified."""
    return moment.astimezone(UTC).replace(microsecond=0)
