"""The roles that outside systems play for Ratchet: small protocols, named by role.

Every role has an adapter in memory (`adapters/memory`) and one for Azure; one contract suite a
role (`tests/contracts`) runs on both. All raise only the errors of `decisions.errors`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from decisions.actions import AnyWork, EndpointSpec, RegisterModel, SubmitTraining, Version
from decisions.events import AnyEvent, Comparison, Window
from decisions.facts import EndpointFacts, RegisteredFacts, RunFacts
from decisions.policies import DriftPolicy, GatePolicy, ModelPolicy
from decisions.state import ModelState
from drift.results import Compared, Verdict


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a model's ledger: what happened, in a sentence, with its numbers."""

    at: datetime
    seq: int
    event: str
    cause: str
    sentence: str
    numbers: dict[str, Any] = {}
    actions: tuple[str, ...] = ()
    decision: str | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """A model's state and the opaque tag under which it may be replaced."""

    state: ModelState
    tag: str


class Models(Protocol):
    """The memory of all models: state, answered causes and ledger, committed together."""

    def load(self, model: str) -> Snapshot:
        """The state now; a model never seen has a fresh state and the tag ''."""

    def answered(self, model: str, cause: str) -> bool:
        """Whether a decision for this cause was committed."""

    def commit(self, tag: str, state: ModelState, cause: str, entry: Entry | None) -> str:
        """Replace the state, insert the cause and the entry, all or nothing; gives the new tag.

        Raises Conflict when the tag is stale or the cause has been answered.
        """

    def settle(self, tag: str, state: ModelState) -> str:
        """Replace the state alone (its pending actions changed). Raises Conflict as `commit`."""

    def ledger(self, model: str, limit: int) -> Sequence[Entry]:
        """The newest entries first."""


class BlobVersion(Struct, frozen=True, kw_only=True):
    """One version of one blob; `path` lies below the container, `size` is in bytes."""

    container: str
    path: str
    etag: str
    size: int


class Arrivals(Protocol):
    """Which blob versions were noted for a model, and what became of each."""

    def note(self, model: str, blob: BlobVersion, bucket: int) -> int:
        """Remember a blob version once; gives the bucket under which it is remembered."""

    def pending(self, model: str, buckets: range) -> Sequence[BlobVersion]:
        """The blobs of some buckets that nobody has opened yet, the earliest first."""

    def settle(self, model: str, blob: BlobVersion, problem: str | None) -> None:
        """Record that a blob was opened and found fit, or why it is not."""

    def known(self, model: str) -> frozenset[tuple[str, str]]:
        """The (path, etag) of every blob version that was noted."""

    def admitted(self, model: str) -> frozenset[tuple[str, str]]:
        """The (path, etag) of every blob version that was opened and found fit."""


class Blobs(Protocol):
    """The containers of Ratchet's storage account."""

    def list(self, container: str, prefix: str) -> Iterable[BlobVersion]:
        """Every committed blob below a prefix that Ratchet did not write itself."""

    def find(self, container: str, path: str) -> BlobVersion:
        """A blob as it is now. Raises Missing."""

    def read(
        self, container: str, path: str, *, etag: str | None = None, span: range | None = None
    ) -> bytes:
        """Its bytes, or a span of them. Raises Missing when gone or no longer under that ETag."""

    def write(self, container: str, path: str, content: bytes) -> str:
        """Store content, marked as Ratchet's own; gives the ETag."""

    def copy(self, blob: BlobVersion, container: str, path: str) -> None:
        """Copy a blob of this account to another place, marked as Ratchet's own."""

    def url(self, container: str, path: str) -> str:
        """The address of a blob, without any secret."""


class Parked(Struct, frozen=True, kw_only=True):
    """A message that was given up: what it was, why, and where it came from.

    `retry` is the last one that was sent, so that a redrive goes on counting from it.
    """

    source: str
    reason: str
    body: str
    model: str | None = None
    trace: str | None = None
    retry: int = 0


class Messages(Protocol):
    """The queues `lanes`, `work` and `parked`; a second send of the same message is dropped.

    `retry` numbers the sends of a message that has to be tried again later: it is part of the
    message's id, and travels with it as a property.
    """

    def lane(self, event: AnyEvent, at: datetime | None = None, retry: int = 0) -> None:
        """Send to the lane of the event's model, not before `at`."""

    def work(self, work: AnyWork, at: datetime | None = None, retry: int = 0) -> None:
        """Send a piece of work, not before `at`."""

    def park(self, parked: Parked) -> None:
        """Set a message aside for people."""


class Training(Protocol):
    """The workspace that runs training jobs."""

    def submit(self, action: SubmitTraining) -> None:
        """Start a job under its name; a job of that name and cause is already started."""

    def look(self, job: str) -> RunFacts | None:
        """The job now; None when there is no such job."""

    def cancel(self, job: str) -> None:
        """Ask for the job to be stopped; one that ended or never was is left alone."""


class Registry(Protocol):
    """The registry of models and versions."""

    def register(self, action: RegisterModel) -> str:
        """Enter a version for the run, once; gives its number."""

    def find(self, model: str, version: str) -> RegisteredFacts | None:
        """A version as the registry has it."""

    def mirror(self, model: str, version: str, role: str) -> None:
        """Give a role's tag to one version and take it from all others."""


class Endpoints(Protocol):
    """Where versions are served."""

    def apply(self, spec: EndpointSpec) -> None:
        """Take one step towards the specification; an older generation changes nothing."""

    def look(self, name: str, target: str) -> EndpointFacts | None:
        """The endpoint as it is; None when there is none."""

    def address(self, name: str) -> str:
        """Host and port at which clients reach an endpoint. Raises Transient while it has none."""

    def score(self, name: str, target: str, deployment: str, body: bytes) -> bytes:
        """Ask one deployment a question, as any client would; gives the answer's bytes."""


class Admitted(Struct, frozen=True, kw_only=True):
    """A model file that was examined and may be loaded; `sha256` pins it from here on."""

    sha256: str


class Refused(Struct, frozen=True, kw_only=True):
    """A model file that must not be loaded anywhere, with a stable code and a sentence."""

    code: str
    reason: str


class Examiner(Protocol):
    """Whoever opens what strangers made: data files and models."""

    def inspect(self, blob: BlobVersion) -> str | None:
        """What is wrong with a data file, or None. Raises Missing when it is gone or changed."""

    def admit(self, run: str) -> Admitted | Refused:
        """Examine the model file that a run left, without trusting it."""

    def evaluate(
        self, run: str, sha256: str, champion: Version | None, gate: GatePolicy
    ) -> Comparison:
        """Score a run's model, and the champion, on the run's test rows."""

    def question(self, run: str) -> bytes:
        """A scoring request of real rows that a run held back for its test."""


class Judged(Struct, frozen=True, kw_only=True):
    """The verdict on a window, with the figures of every column that it was made of.

    `missing` are columns of the reference that the window lacks.
    """

    verdict: Verdict
    compared: tuple[Compared, ...]
    missing: tuple[str, ...] = ()


class Profiler(Protocol):
    """Whoever reads windows of data: training data once, production's again and again.

    Profiles travel as bytes: only the profiler knows what is in them.
    """

    def reference(self, model: str, version: Version) -> bytes:
        """The profile of the data that a version was trained on, with its predictions on it.

        Raises Rejected with a sentence when there is none to be made.
        """

    def profile(
        self, blobs: Sequence[BlobVersion], window: Window, version: Version, reference: bytes
    ) -> bytes:
        """The profile of the rows in some inference logs that are a version's, in a window.

        Raises Rejected when a log cannot be read.
        """

    def judge(self, reference: bytes, parts: Iterable[bytes], policy: DriftPolicy) -> Judged:
        """Merge the profiles of a window's parts, compare with the reference, and judge.

        Raises Rejected when a profile cannot be read.
        """

    def page(self, report: bytes) -> bytes:
        """A report's document as one page for people to look at."""


class Delivery(Struct, frozen=True, kw_only=True):
    """One webhook to one subscriber: `id` is its webhook-id at every try."""

    id: str
    model: str
    subscriber: str
    kind: str
    body: str
    created: datetime
    tries: int = 0
    done: bool = False
    outcome: str | None = None


class Deliveries(Protocol):
    """The outbox of webhooks: durable before anything is tried."""

    def open(self, delivery: Delivery) -> None:
        """Store a delivery once; a second one with the same id changes nothing."""

    def find(self, model: str, delivery: str) -> Delivery | None:
        """A stored delivery of a model."""

    def record(self, delivery: Delivery) -> None:
        """Store what became of a try."""

    def list(self, model: str) -> Sequence[Delivery]:
        """All deliveries of a model, newest first."""


class Webhooks(Protocol):
    """The subscribers' addresses."""

    def subscribers(self, kind: str) -> Sequence[str]:
        """The names of those who want to hear of this kind."""

    def post(self, delivery: Delivery, now: datetime) -> None:
        """Sign and send once. Raises Transient to try again, Rejected to stop."""


class Publisher(Protocol):
    """The Event Grid topic on which Ratchet tells its own events."""

    def publish(self, identifier: str, model: str, kind: str, data: Mapping[str, Any]) -> None:
        """Publish one CloudEvent; `identifier` lets receivers drop a second copy."""


class Scope(Struct, frozen=True, kw_only=True):
    """Whose events count: the ARM id of the workspace, the name of the storage account."""

    workspace: str
    account: str


class Ports(Protocol):
    """Everything that a handler may touch, and the clock; each part is built on its first use."""

    @property
    def scope(self) -> Scope: ...
    @property
    def policies(self) -> Mapping[str, ModelPolicy]: ...
    @property
    def models(self) -> Models: ...
    @property
    def arrivals(self) -> Arrivals: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def examiner(self) -> Examiner: ...
    @property
    def profiler(self) -> Profiler: ...
    @property
    def training(self) -> Training: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def endpoints(self) -> Endpoints: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def publisher(self) -> Publisher: ...

    def now(self) -> datetime:
        """The time, with its zone."""
