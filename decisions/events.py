"""What can happen to a model, in the past tense; each event is a message of the model's lane.

`cause` is the event's business key: two messages with the same cause are the same happening,
and only the first is answered. An event that is looked at again carries a higher `ordinal`.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drift.results import Rows, Word

Reason = Literal["new_data", "drift", "schedule", "person", "held"]
Waiting = Literal["training", "rollout", "actions", "drift", "snooze"]
Moment = Annotated[datetime, Meta(tz=True)]


class Event(Struct, frozen=True, kw_only=True, tag=True, tag_field="event"):
    """Something that happened, or became due, for one model."""

    model: str

    @property
    def cause(self) -> str:
        """The business key; subclasses say of what."""
        raise TypeError(f"{type(self).__name__} has no business key")


class DataArrived(Event, frozen=True, kw_only=True):
    """Blobs were noted during one ten-second bucket (`bucket` is its start, seconds since 1970).

    With `since`, blobs that nobody opened are left over from the buckets between the two.
    """

    bucket: int
    since: int | None = None

    @property
    def cause(self) -> str:
        """One happening a bucket."""
        left_over = "" if self.since is None else f"/{self.since}"
        return f"data/{self.bucket}{left_over}"


class Quarantined(Struct, frozen=True, kw_only=True):
    """A file that broke its contract, and why."""

    path: str
    etag: str
    reason: str


class DataInspected(Event, frozen=True, kw_only=True):
    """Blobs were opened: `admitted` files of `size` bytes are fit for training.

    `batch` is the digest of which blobs they were, so that a late one makes an event of its own.
    """

    batch: str
    admitted: int
    size: int
    quarantined: tuple[Quarantined, ...] = ()

    @property
    def cause(self) -> str:
        """One verdict a batch of blobs."""
        return f"inspected/{self.batch}"


class TrainingDue(Event, frozen=True, kw_only=True):
    """Somebody or something wants a fresh model."""

    reason: Reason
    key: str
    ordinal: int = 0

    @property
    def cause(self) -> str:
        """One wish a reason and key."""
        return f"training/{self.reason}/{self.key}/{self.ordinal}"


class Manifest(Struct, frozen=True, kw_only=True):
    """The exact blobs that a run is given; `digest` is the run's data version, `size` in bytes."""

    digest: str
    url: str
    files: int
    size: int


class ManifestFrozen(Event, frozen=True, kw_only=True):
    """The data of an attempt is fixed."""

    attempt: int
    manifest: Manifest

    @property
    def cause(self) -> str:
        """One manifest an attempt."""
        return f"manifest/{self.attempt}"


class RunCompleted(Event, frozen=True, kw_only=True):
    """The workspace says that a run completed; the run is read again before it is believed."""

    run: str

    @property
    def cause(self) -> str:
        """One end a run."""
        return f"run/{self.run}/Completed"


class RunFailed(Event, frozen=True, kw_only=True):
    """The workspace says that a run ended otherwise (`status`: Failed, Canceled, …)."""

    run: str
    status: str

    @property
    def cause(self) -> str:
        """One end a run and status."""
        return f"run/{self.run}/{self.status}"


class CandidateAdmitted(Event, frozen=True, kw_only=True):
    """A run's model file was examined and may be loaded; `sha256` pins it from here on."""

    run: str
    sha256: str

    @property
    def cause(self) -> str:
        """One examination a run."""
        return f"admitted/{self.run}"


class CandidateRefused(Event, frozen=True, kw_only=True):
    """A run's model file was examined and must not be loaded anywhere."""

    run: str
    code: str
    reason: str

    @property
    def cause(self) -> str:
        """One refusal a run."""
        return f"refused/{self.run}"


class Comparison(Struct, frozen=True, kw_only=True):
    """What a challenger and the champion scored on the same test rows.

    `champion` is the version compared with (None: there was none), `gain` the challenger's lead in
    the direction of the goal, `lower` its one-sided lower confidence bound, `incomparable` the
    reason why the figures must not be compared at all.
    """

    metric: str
    rows: int
    challenger: float | None
    champion: str | None = None
    champion_score: float | None = None
    gain: float | None = None
    lower: float | None = None
    confidence: float | None = None
    p_value: float | None = None
    only_challenger: int | None = None
    only_champion: int | None = None
    incomparable: str | None = None


class CandidateEvaluated(Event, frozen=True, kw_only=True):
    """A challenger was scored, with the champion on the same rows."""

    run: str
    comparison: Comparison

    @property
    def cause(self) -> str:
        """One comparison a run and champion."""
        return f"evaluated/{self.run}/{self.comparison.champion or 'none'}"


class ModelRegistered(Event, frozen=True, kw_only=True):
    """The registry has a new version, registered by Ratchet (`run` says for what) or by hand.

    Ratchet's own word has a cause of its own: the workspace's event may come first, and at a time
    at which the registry does not show the version yet.
    """

    version: str
    run: str | None = None

    @property
    def cause(self) -> str:
        """One entry a version."""
        return f"registered/{self.version}" + (f"/{self.run}" if self.run else "")


class SmokeTested(Event, frozen=True, kw_only=True):
    """A new deployment was asked one real question; `problem` says what its answer lacked."""

    deployment: str
    generation: int
    problem: str | None = None

    @property
    def cause(self) -> str:
        """One test a deployment and generation."""
        return f"smoke/{self.deployment}/{self.generation}"


class ModelDeployed(Event, frozen=True, kw_only=True):
    """The workspace says that an endpoint serves a version."""

    endpoint: str
    version: str

    @property
    def cause(self) -> str:
        """One deployment an endpoint and version."""
        return f"deployed/{self.endpoint}/{self.version}"


class Window(Struct, frozen=True, kw_only=True):
    """A stretch of production's time, from `start` until just before `end`."""

    start: Moment
    end: Moment

    @property
    def name(self) -> str:
        """What the window is called: when it ended."""
        return self.end.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


class DriftDue(Event, frozen=True, kw_only=True):
    """A window has ended, and what production saw in it can be judged."""

    window: Window

    @property
    def cause(self) -> str:
        """One window an end."""
        return f"drift_due/{self.window.name}"


class ReferenceProfiled(Event, frozen=True, kw_only=True):
    """The training data of a version has a profile, or `problem` says why it has none."""

    version: str
    ordinal: int = 0
    problem: str | None = None

    @property
    def cause(self) -> str:
        """One answer a version, and request."""
        return f"profiled/{self.version}/{self.ordinal}"


class Drifted(Struct, frozen=True, kw_only=True):
    """A column that drifted, and by what figure, against what limit."""

    name: str
    statistic: str
    score: float
    threshold: float


class WindowJudged(Event, frozen=True, kw_only=True):
    """A window was compared with what the live version was trained on.

    `sentence` says why the verdict is what it is. `columns` are those that drifted, the most
    drifted first, `worst` is the highest score of any column in units of its threshold (None: none
    was compared), `report` the path of the report's page in the container `reports`.
    """

    window: Window
    version: str
    verdict: Word
    sentence: str
    rows: Rows = Rows(reference=0, current=0)
    calm: bool = False
    columns: tuple[Drifted, ...] = ()
    worst: float | None = None
    report: str | None = None

    @property
    def cause(self) -> str:
        """One verdict a window and version."""
        return f"judged/{self.window.name}/{self.version}"


class DriftDetected(Event, frozen=True, kw_only=True):
    """Another monitor says that production sees data that the model was not trained on.

    `score` and `threshold` are those of the first of the `measures`, if the monitor gives any.
    """

    monitor: str
    window: str
    features: tuple[str, ...] = ()
    score: float | None = None
    threshold: float | None = None
    measures: tuple[Drifted, ...] = ()

    @property
    def cause(self) -> str:
        """One drift a monitor and window."""
        return f"drift/{self.monitor}/{self.window}"


class LookDue(Event, frozen=True, kw_only=True):
    """It is time to look again at something that was started."""

    what: Waiting
    name: str
    ordinal: int

    @property
    def cause(self) -> str:
        """One look an ordinal."""
        return f"look/{self.what}/{self.name}/{self.ordinal}"


class ActionFailed(Event, frozen=True, kw_only=True):
    """An action was given up; `action` is its kind, `key` its business key."""

    action: str
    key: str
    reason: str

    @property
    def cause(self) -> str:
        """One failure an action."""
        return f"failed/{self.action}/{self.key}"


class PauseRequested(Event, frozen=True, kw_only=True):
    """A person wants nothing new to start for this model; asked `at` that time, if it is known."""

    key: str
    by: str = "unknown"
    at: Moment | None = None

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"pause/{self.key}"


class ResumeRequested(Event, frozen=True, kw_only=True):
    """A person lets the model go on; asked `at` that time, if it is known."""

    key: str
    by: str = "unknown"
    at: Moment | None = None

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"resume/{self.key}"


class RedeployRequested(Event, frozen=True, kw_only=True):
    """A person wants the champion rolled out that is not live: its first rollout failed."""

    key: str
    by: str = "unknown"

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"redeploy/{self.key}"


class AckRequested(Event, frozen=True, kw_only=True):
    """A person has taken notice of an incident and wants no further news about it."""

    key: str
    incident: str
    by: str = "unknown"

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"ack/{self.key}"


class SnoozeRequested(Event, frozen=True, kw_only=True):
    """A person wants neither news of an incident nor a training from it, until a time."""

    key: str
    incident: str
    until: Moment
    by: str = "unknown"

    @property
    def cause(self) -> str:
        """One request a key."""
        return f"snooze/{self.key}"


AnyEvent = (
    DataArrived
    | DataInspected
    | TrainingDue
    | ManifestFrozen
    | RunCompleted
    | RunFailed
    | CandidateAdmitted
    | CandidateRefused
    | CandidateEvaluated
    | ModelRegistered
    | SmokeTested
    | ModelDeployed
    | DriftDue
    | ReferenceProfiled
    | WindowJudged
    | DriftDetected
    | LookDue
    | ActionFailed
    | PauseRequested
    | ResumeRequested
    | RedeployRequested
    | AckRequested
    | SnoozeRequested
)
