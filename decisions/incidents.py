"""A drift that lasts, from raised to cleared: what one monitor's windows make of its incident.

It is a machine of its own, without a model around it, so that stored verdicts can be replayed
under another policy. What swings about a threshold stays one incident: to clear it takes several
calm windows in a row, which is less than not to be drifted, and after it there is a pause.
"""

from datetime import datetime
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from decisions.policies import DriftPolicy
from drift.results import Word

OWN = "ratchet"
"""What Ratchet's own monitor is called; all others bring their names."""

_KEPT = 30


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
    trainings until then. `cause` is what a training of it answers, `tried` when the last was
    submitted. People want no news of it once it is `acknowledged` (by whom), and neither news nor
    training while it is `snoozed` (until when).
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
    tried: datetime | None = None
    acknowledged: str | None = None
    snoozed: datetime | None = None

    @property
    def quiet(self) -> bool:
        """Whether people want no news of it now."""
        return self.acknowledged is not None or self.snoozed is not None


class Watch(Struct, frozen=True, kw_only=True):
    """All that is remembered of one monitor.

    `recent` are its last windows, the newest last, `incident` the open one, `cleared` when its last
    one was; `lost` that people were told that its windows cannot be judged.
    """

    recent: tuple[Seen, ...] = ()
    incident: Incident | None = None
    cleared: datetime | None = None
    lost: bool = False


def step(watch: Watch, seen: Seen, would_be: Incident, policy: DriftPolicy, now: datetime) -> Watch:
    """The watch after one more window; `would_be` is the incident that it raises if it does.

    A window that could not be judged neither raises nor clears: it is as if there had been none.
    """
    kept = max(_KEPT, policy.of_last, policy.clear_after)
    watch = replace(watch, recent=(*watch.recent, seen)[-kept:], lost=seen.verdict == "unknown")
    if watch.lost:
        return watch
    windows = _comparable(watch, seen.version)
    if watch.incident:
        return cleared(watch, now) if _are_calm(windows, policy) else watch
    return raised(watch, would_be, policy, now) if _drift(windows, policy) else watch


def raised(watch: Watch, would_be: Incident, policy: DriftPolicy, now: datetime) -> Watch:
    """The watch with an incident, unless its last one was cleared a short time ago."""
    if watch.cleared and now < watch.cleared + policy.cooldown:
        return watch
    return replace(watch, incident=would_be)


def cleared(watch: Watch, now: datetime) -> Watch:
    """The watch without its incident."""
    return replace(watch, incident=None, cleared=now)


def _comparable(watch: Watch, version: str) -> list[Seen]:
    """The windows that were judged against the same reference, the newest first."""
    same = takewhile(lambda one: one.version == version, reversed(watch.recent))
    return [one for one in same if one.verdict != "unknown"]


def _drift(windows: list[Seen], policy: DriftPolicy) -> bool:
    verdicts = [one.verdict for one in windows[: policy.of_last]]
    return verdicts[0] == "drifted" and verdicts.count("drifted") >= policy.raise_after


def _are_calm(windows: list[Seen], policy: DriftPolicy) -> bool:
    last = windows[: policy.clear_after]
    calm = [one for one in last if one.calm and one.verdict == "stable"]
    return len(calm) >= policy.clear_after
