"""When a delivery is tried again, and when it is given up.

Source: learn.microsoft.com, "Event Grid message delivery and retry": the schedule, the codes that
are never retried, the shortest waits after some codes. Where Event Grid adds jitter and skips tries
at its own discretion, the emulator keeps to the schedule.
"""

from dataclasses import dataclass

from local.eventgrid.settings import RetryPolicy

SUCCESS = frozenset({200, 201, 202, 203, 204})
SCHEDULE = (10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600)
AFTERWARDS = 43_200
LEAST_WAIT = {401: 300, 404: 300, 408: 120, 503: 30}
NEVER_WEBHOOK = frozenset({400, 401, 403, 413})
NEVER_RESOURCE = frozenset({400, 403, 413})
_OUTCOMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    408: "TimedOut",
    413: "PayloadTooLarge",
    429: "Busy",
    503: "Busy",
}
ATTEMPTS_EXCEEDED = "MaxDeliveryAttemptsExceeded"
LIFETIME_EXCEEDED = "TimeToLiveExceeded"


@dataclass(frozen=True, kw_only=True)
class Again:
    """Try once more after a while, in seconds."""

    wait: float


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """No further try, and why."""

    reason: str


def next_step(
    policy: RetryPolicy, *, status: int, never: frozenset[int], attempts: int, age: float
) -> Again | GiveUp:
    """What follows the failed try number `attempts` of an event published `age` seconds ago.

    The lifetime is looked at when a try is due, as Event Grid does: an event may outlive it a bit.
    """
    if status in never:
        return GiveUp(reason=outcome(status))
    if attempts >= policy.max_delivery_attempts:
        return GiveUp(reason=ATTEMPTS_EXCEEDED)
    if age >= policy.event_time_to_live_in_minutes * 60:
        return GiveUp(reason=LIFETIME_EXCEEDED)
    scheduled = SCHEDULE[attempts - 1] if attempts <= len(SCHEDULE) else AFTERWARDS
    return Again(wait=max(scheduled, LEAST_WAIT.get(status, 0)))


def outcome(status: int) -> str:
    """Event Grid's word for the answer of a destination."""
    return "Delivered" if status in SUCCESS else _OUTCOMES.get(status, "GenericError")
