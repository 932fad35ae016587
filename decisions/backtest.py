"""A policy tried on windows of the past: which incidents it would have raised, and trained for.

Nothing of the past changes by it: which version was live, and what it saw, stays as it was.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from decisions.incidents import OWN, Incident, Seen, Watch, step
from decisions.policies import DriftPolicy, ModelPolicy


class Past(Struct, frozen=True, kw_only=True):
    """A window of the past as a policy judges it; `end` is when it ended."""

    end: datetime
    seen: Seen


class Episode(Struct, frozen=True, kw_only=True):
    """An incident from raised to cleared; it is open while `cleared` is None."""

    raised: datetime
    cleared: datetime | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """What windows come to under a policy.

    `alarms` counts the windows that drifted, `unknown` those that could not be judged,
    `retrainings` the trainings that the incidents ask for.
    """

    alarms: int
    unknown: int
    incidents: tuple[Episode, ...]
    retrainings: int


def replay(past: Sequence[Past], rule: DriftPolicy, policy: ModelPolicy) -> Outcome:
    """What the windows, in the order of time, come to under a rule of incidents."""
    incidents = tuple(_episodes(past, rule))
    return _outcome(past, incidents, [one.raised for one in incidents], policy)


def every_window(past: Sequence[Past], policy: ModelPolicy) -> Outcome:
    """The baseline that remembers nothing: each window that drifted is an incident of its own."""
    ends = [one.end for one in past if one.seen.verdict == "drifted"]
    return _outcome(past, tuple(Episode(raised=end, cleared=end) for end in ends), ends, policy)


NEVER = Outcome(alarms=0, unknown=0, incidents=(), retrainings=0)
"""The baseline that looks at nothing."""


def _outcome(
    past: Sequence[Past],
    incidents: tuple[Episode, ...],
    wishes: Sequence[datetime],
    policy: ModelPolicy,
) -> Outcome:
    words = [one.seen.verdict for one in past]
    listens = "drift" in policy.retrain.on
    return Outcome(
        alarms=words.count("drifted"),
        unknown=words.count("unknown"),
        incidents=incidents,
        retrainings=_trainings(wishes, policy.retrain.max_per_day) if listens else 0,
    )


def _episodes(past: Sequence[Past], rule: DriftPolicy) -> Iterable[Episode]:
    watch, raised = Watch(), None
    for one in past:
        watch = step(watch, one.seen, _would_be(one), rule, one.end)
        if raised is None and watch.incident:
            raised = watch.incident.raised
        elif raised and watch.incident is None:
            yield Episode(raised=raised, cleared=one.end)
            raised = None
    if raised:
        yield Episode(raised=raised)


def _would_be(one: Past) -> Incident:
    name = one.seen.window
    return Incident(id=name, monitor=OWN, window=name, raised=one.end, cause=f"drift/{OWN}/{name}")


def _trainings(wishes: Iterable[datetime], most: int) -> int:
    """How many trainings wishes come to: what is above a day's limit is one on the next day."""
    wished = Counter(one.astimezone(UTC).date() for one in wishes)
    trainings = 0
    while most and wished:
        day = min(wished)
        wishes_today = wished.pop(day)
        trainings += min(wishes_today, most)
        if wishes_today > most:
            wished[day + timedelta(days=1)] += 1
    return trainings
