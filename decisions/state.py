"""All that Ratchet remembers of a model between two decisions: one row, one schema version."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from decisions.actions import AnyAction, DeploymentSpec, Version
from decisions.events import Manifest, Window
from decisions.incidents import OWN, Incident, Watch

SCHEMA = 1


class Gathering(Struct, frozen=True, kw_only=True):
    """Uploads that wait for a training; `looks` counts the checks whether they paused.

    `due` is the time of the check that is on its way, None while there is none.
    """

    first: datetime
    last: datetime
    files: int
    size: int
    looks: int = 0
    due: datetime | None = None

    @property
    def key(self) -> str:
        """What the wish for a training that comes of it is called."""
        return self.first.strftime("%Y%m%dT%H%M%S.%fZ")


Stage = Literal["freezing", "running", "admitting", "evaluating", "registering"]


class Training(Struct, frozen=True, kw_only=True):
    """The one training in flight, from its manifest to the registry; `due` is its next look."""

    attempt: int
    job: str
    causes: tuple[str, ...]
    stage: Stage
    since: datetime
    deadline: datetime
    looks: int = 0
    due: datetime | None = None
    manifest: Manifest | None = None
    sha256: str | None = None
    score: float | None = None

    @property
    def by_person(self) -> bool:
        """Whether a person asked for it, who may want the same data trained again."""
        return any(cause.startswith("training/person/") for cause in self.causes)


Phase = Literal["loading", "testing", "baking", "retiring"]


class Rollout(Struct, frozen=True, kw_only=True):
    """The one rollout in progress; `step` indexes the policy's steps of traffic.

    `started` is the generation that began it, `generation` the last one that it asked for, `due`
    the time of its next look.
    """

    version: Version
    started: int
    deployment: DeploymentSpec
    phase: Phase
    generation: int
    since: datetime
    deadline: datetime
    step: int = -1
    looks: int = 0
    due: datetime | None = None


class Live(Struct, frozen=True, kw_only=True):
    """The version that production uses."""

    version: Version
    deployment: DeploymentSpec
    since: datetime


class Profiling(Struct, frozen=True, kw_only=True):
    """A reference profile that was asked for."""

    version: str
    ordinal: int
    since: datetime


class Judgement(Struct, frozen=True, kw_only=True):
    """The one window that is being judged; `due` is its next look."""

    window: Window
    version: Version
    since: datetime
    deadline: datetime
    looks: int = 0
    due: datetime | None = None


class Drift(Struct, frozen=True, kw_only=True):
    """What is known of the model's drift.

    `profiled` are the versions with a reference profile, the newest last; `asked` counts the
    requests for one, `profiling` is the last that has no answer yet. `until` is the end of the last
    window that was looked at, `watches` what is remembered of each monitor.
    """

    profiled: tuple[str, ...] = ()
    asked: int = 0
    profiling: Profiling | None = None
    judging: Judgement | None = None
    until: datetime | None = None
    watches: dict[str, Watch] = {}

    @property
    def own(self) -> Watch:
        """What Ratchet's own monitor remembers."""
        return self.watches.get(OWN, Watch())

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All that are open, at most one a monitor."""
        return tuple(one.incident for one in self.watches.values() if one.incident)

    def watched(self, monitor: str, watch: Watch) -> "Drift":
        """The same, with something else to remember of one monitor."""
        return replace(self, watches={**self.watches, monitor: watch})


class Batch(Struct, frozen=True, kw_only=True):
    """The one batch that runs; `due` is its next look.

    `results` counts the pieces that were done when it was last looked at.
    """

    window: Window
    version: Version
    since: datetime
    deadline: datetime
    results: int = 0
    looks: int = 0
    due: datetime | None = None


class Batches(Struct, frozen=True, kw_only=True):
    """What is known of the model's batches.

    `asked` counts the wishes for one that were answered, `until` is the end of the last window that
    was scored or left out. One batch after the other has run from `busy` until `ended`. `lost` says
    that people were told that there is no version to score with.
    """

    asked: int = 0
    running: Batch | None = None
    until: datetime | None = None
    busy: datetime | None = None
    ended: datetime | None = None
    lost: bool = False


class Pending(Struct, frozen=True, kw_only=True):
    """An action that was decided and not yet seen done; `after` delays its next try."""

    id: str
    action: AnyAction
    tries: int = 0
    after: datetime | None = None


class Day(Struct, frozen=True, kw_only=True):
    """How many trainings were started on one day (UTC)."""

    date: str
    trainings: int


class ModelState(Struct, frozen=True, kw_only=True):
    """A model's life so far.

    `seq` counts its decisions, `attempts` its trainings, `generation` the specifications of its
    endpoint, `retries` the looks at delayed actions, `refusals` the challengers that were refused
    in a row on drift. `held` are the causes that wait for a training, `awaiting` those that wait
    for new labelled data first. `asked` is when a person last paused or resumed the model.
    """

    model: str
    schema: int = SCHEMA
    seq: int = 0
    attempts: int = 0
    generation: int = 0
    paused: bool = False
    gathering: Gathering | None = None
    asked: datetime | None = None
    held: tuple[str, ...] = ()
    awaiting: tuple[str, ...] = ()
    refusals: int = 0
    today: Day | None = None
    training: Training | None = None
    last_manifest: str | None = None
    champion: Version | None = None
    live: Live | None = None
    rollout: Rollout | None = None
    queued: Version | None = None
    drift: Drift = Drift()
    batches: Batches = Batches()
    pending: tuple[Pending, ...] = ()
    retries: int = 0
