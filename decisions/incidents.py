"""A drift that lasts, from raised to cleared: what one monitor's windows make of its incident.

It is a machine of its own, without a model around it, so that stored verdicts can be replayed
under another policy. What swings about a threshold stays one incident: to clear takes less than to
raise, several times in a row, and after it there is a pause.
"""

from datetime import datetime

from msgspec import Struct

from drift.results import Word

OWN = "ratchet"
"""What Ratchet's own monitor is called; all others bring their names."""


class Seen(Struct, frozen=True, kw_only=True):
    """One judged window, as it is remembered; `worst` is in units of the threshold."""

    window: str
    version: str
    verdict: Word
    calm: bool = False
    worst: float | None = None


class Incident(Struct, frozen=True, kw_only=True):
    """A drift that was raised at `window` and is not cleared yet.

    The figures are those that raised it, or the last that were told. `attempts` counts the model's
    trainings until then. `cause` is what a training of it answers; `postponed` that there is none
    before the incident is `snoozed` no more.
    """

    id: str
    monitor: str
    window: str
    raised: datetime
    cause: str
    attempts: int = 0
    features: tuple[str, ...] = ()
    score: float | None = None
    threshold: float | None = None
    report: str | None = None
    acknowledged: str | None = None
    snoozed: datetime | None = None
    postponed: bool = False


class Watch(Struct, frozen=True, kw_only=True):
    """All that is remembered of one monitor.

    `recent` are its last windows, the newest last, `incident` the open one, `cleared` when its last
    one was; `lost` that people were told that its windows cannot be judged.
    """

    recent: tuple[Seen, ...] = ()
    incident: Incident | None = None
    cleared: datetime | None = None
    lost: bool = False
