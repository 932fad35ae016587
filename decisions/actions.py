"""What Ratchet does about it, in the imperative; `handlers/effects.py` performs each by one call.

Every action is named by the cause that it answers, so that performing twice is performing once.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from decisions.events import AnyEvent, Comparison, Manifest, Window


class Action(Struct, frozen=True, kw_only=True, tag=True, tag_field="action"):
    """Something to be done for one model."""

    model: str

    @property
    def key(self) -> str:
        """The business key; two actions of one kind with the same key are the same effect."""
        raise TypeError(f"{type(self).__name__} has no business key")

    @property
    def slot(self) -> str | None:
        """What only the newest action decides about: an older one that still waits is dropped."""
        return None


class Schedule(Action, frozen=True, kw_only=True):
    """Send an event to the model's own lane, not before `at`."""

    event: AnyEvent
    at: datetime

    @property
    def key(self) -> str:
        """One message a cause."""
        return self.event.cause


class Work(Action, frozen=True, kw_only=True):
    """Something heavy: it travels on the queue `work` and its result comes back as an event."""


class InspectArrivals(Work, frozen=True, kw_only=True):
    """Open the blobs noted in a bucket, or since an earlier one; quarantine what is broken."""

    bucket: int
    since: int | None = None

    @property
    def buckets(self) -> range:
        """The buckets to look into."""
        return range(self.bucket if self.since is None else self.since, self.bucket + 1)

    @property
    def key(self) -> str:
        """One inspection a bucket, and one of what is left over."""
        return f"{self.buckets.start}/{self.bucket}"


class FreezeManifest(Work, frozen=True, kw_only=True):
    """List the admitted blobs as they are now and store the list under its digest."""

    attempt: int
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One freezing an attempt, and look."""
        return f"{self.attempt}/{self.ordinal}"


class AdmitCandidate(Work, frozen=True, kw_only=True):
    """Examine a run's model file before anything loads it."""

    run: str
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One examination a run, and look."""
        return f"{self.run}/{self.ordinal}"


class Version(Struct, frozen=True, kw_only=True):
    """A registered version, with what is needed to load it and to explain it."""

    version: str
    run: str
    sha256: str
    manifest: str
    score: float | None = None


class EvaluateCandidate(Work, frozen=True, kw_only=True):
    """Score a run's model, and the champion, on the run's test rows."""

    run: str
    sha256: str
    champion: Version | None = None
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One evaluation a run and champion, and look."""
        return f"{self.run}/{self.champion.version if self.champion else 'none'}/{self.ordinal}"


class SmokeTest(Work, frozen=True, kw_only=True):
    """Ask a new deployment one real question before it gets traffic."""

    endpoint: str
    deployment: str
    run: str
    generation: int
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One test a deployment and generation, and look."""
        return f"{self.deployment}/{self.generation}/{self.ordinal}"


class ProfileReference(Work, frozen=True, kw_only=True):
    """Profile the training data that a version's run used, with the version's predictions on it."""

    version: Version
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One profile a version, and request."""
        return f"{self.version.version}/{self.ordinal}"


class JudgeWindow(Work, frozen=True, kw_only=True):
    """Compare what a version saw in a window with its reference, and leave a report.

    A large window is cut into parts first; `parts` says how many profiles of parts there are to be
    merged, 0 that the window was not looked into yet.
    """

    window: Window
    version: Version
    ordinal: int = 0
    parts: int = 0

    @property
    def key(self) -> str:
        """One judgement a window and version, and look; a second one when its parts are there."""
        return f"{self.window.name}/{self.version.version}/{self.ordinal}/{self.parts}"


class ProfilePart(Work, frozen=True, kw_only=True):
    """Profile one of a window's parts: the inference logs from path `first` to path `last`."""

    window: Window
    version: Version
    part: int
    of: int
    first: str
    last: str
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One profile a part of a window and version, and look."""
        return f"{self.window.name}/{self.version.version}/{self.ordinal}/{self.part}/{self.of}"


class DeliverWebhook(Work, frozen=True, kw_only=True):
    """Try a stored delivery once."""

    delivery: str
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One try an ordinal."""
        return f"{self.delivery}/{self.ordinal}"


class SubmitTraining(Action, frozen=True, kw_only=True):
    """Start the model's pipeline on a frozen manifest; `job` is its deterministic name."""

    job: str
    pipeline: str
    manifest: Manifest
    causes: tuple[str, ...]

    @property
    def key(self) -> str:
        """One submission a job."""
        return self.job

    @property
    def slot(self) -> str:
        """A job that was cancelled must not be submitted any more."""
        return f"job/{self.job}"


class CancelTraining(Action, frozen=True, kw_only=True):
    """Stop a job that took too long."""

    job: str

    @property
    def key(self) -> str:
        """One end a job."""
        return self.job

    @property
    def slot(self) -> str:
        """As for its submission."""
        return f"job/{self.job}"


class RegisterModel(Action, frozen=True, kw_only=True):
    """Enter a challenger that won into the registry; `run` makes a second entry the first."""

    run: str
    sha256: str
    manifest: str
    comparison: Comparison

    @property
    def key(self) -> str:
        """One version a run."""
        return self.run


class PromoteModel(Action, frozen=True, kw_only=True):
    """Mirror a role that the state gave to a version as a tag in the registry."""

    version: str
    role: Literal["champion", "live"]

    @property
    def key(self) -> str:
        """One role a version."""
        return f"{self.role}/{self.version}"

    @property
    def slot(self) -> str:
        """The last to get a role has it."""
        return f"role/{self.role}"


class DeploymentSpec(Struct, frozen=True, kw_only=True):
    """One version behind an endpoint; `artifact` is container/prefix of its model folder."""

    name: str
    version: str
    artifact: str
    sha256: str


class EndpointSpec(Struct, frozen=True, kw_only=True):
    """All that an endpoint should be; a higher `generation` always wins, a lower never does.

    `traffic` is empty (nothing serves yet) or its percentages sum to 100.
    """

    name: str
    target: str
    generation: int
    deployments: tuple[DeploymentSpec, ...]
    traffic: dict[str, int]


class EndpointAction(Action, frozen=True, kw_only=True):
    """Bring an endpoint to `spec`; the subclass only says with what intent."""

    spec: EndpointSpec

    @property
    def key(self) -> str:
        """One specification a generation."""
        return f"{self.spec.name}/{self.spec.generation}"

    @property
    def slot(self) -> str:
        """The newest specification is the one that counts."""
        return f"endpoint/{self.spec.name}"


class DeployModel(EndpointAction, frozen=True, kw_only=True):
    """Load a new version beside the serving one, without traffic."""


class ShiftTraffic(EndpointAction, frozen=True, kw_only=True):
    """Give the new version its next share."""


class RollBack(EndpointAction, frozen=True, kw_only=True):
    """Return all traffic to the version that served before and drop the new one."""


class RetireDeployment(EndpointAction, frozen=True, kw_only=True):
    """Drop the version that no longer has traffic."""


class Notify(Action, frozen=True, kw_only=True):
    """Tell people: one signed webhook a subscriber of `kind`, and one CloudEvent."""

    kind: str
    about: str
    data: dict[str, Any]

    @property
    def key(self) -> str:
        """One piece of news a kind and what it is about."""
        return f"{self.kind}/{self.about}"


AnyWork = (
    InspectArrivals
    | FreezeManifest
    | AdmitCandidate
    | EvaluateCandidate
    | SmokeTest
    | ProfileReference
    | JudgeWindow
    | ProfilePart
    | DeliverWebhook
)
AnyAction = (
    Schedule
    | InspectArrivals
    | FreezeManifest
    | AdmitCandidate
    | EvaluateCandidate
    | SmokeTest
    | ProfileReference
    | JudgeWindow
    | ProfilePart
    | DeliverWebhook
    | SubmitTraining
    | CancelTraining
    | RegisterModel
    | PromoteModel
    | DeployModel
    | ShiftTraffic
    | RollBack
    | RetireDeployment
    | Notify
)
