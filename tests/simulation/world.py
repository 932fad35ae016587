"""A whole world in memory: queues, a workspace, a registry, endpoints, subscribers, and a clock.

It plays the hosts: it hands messages out in any order, more than once. `mishaps.py` beside it
says what goes wrong at the calls of ports. What must hold afterwards is that it all happened once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from adapters.memory.arrivals import MemoryArrivals
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.deliveries import MemoryDeliveries
from adapters.memory.endpoints import MemoryEndpoints
from adapters.memory.examiner import MemoryExaminer
from adapters.memory.messages import MemoryMessages, Message
from adapters.memory.models import MemoryModels
from adapters.memory.partitions import MemoryPartitions
from adapters.memory.profiler import MemoryProfiler
from adapters.memory.publisher import MemoryPublisher
from adapters.memory.registry import MemoryRegistry
from adapters.memory.training import MemoryTraining
from adapters.memory.webhooks import MemoryWebhooks
from decisions.errors import RatchetError
from decisions.events import AnyEvent
from decisions.names import deployment_name, digest
from decisions.policies import (
    BatchPolicy,
    DataPolicy,
    DriftPolicy,
    GatePolicy,
    ModelPolicy,
    Place,
    RetrainPolicy,
    RolloutPolicy,
)
from decisions.ports import Ports, Refused, Scope
from decisions.state import ModelState
from handlers import lanes
from handlers.ingest import ingest
from handlers.tick import tick
from tests.simulation.mishaps import Crash, Mishaps

ACCOUNT = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/store"
WORKSPACE = (
    "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"
)
POLICY = ModelPolicy(
    data=DataPolicy(container="data", pattern="digits/*.parquet", quiet=timedelta(minutes=2)),
    retrain=RetrainPolicy(pipeline="train_digits"),
    gate=GatePolicy(),
    rollout=RolloutPolicy(steps=(50, 100), bake=timedelta(minutes=1)),
    drift=DriftPolicy(schedule="0 0 */3 * * *", clear_after=2, cooldown=timedelta()),
    batch=BatchPolicy(
        schedule="0 0 */3 * * *",
        input=Place(container="batch", path="in/**"),
        output=Place(container="batch", path="out/"),
        max_rejects=0.5,
        piece=40,
    ),
)
CALM, SHIFTED = 0.0, 0.4
"""How far production's rows are from what the model was trained on; the threshold is 0.2."""
HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Mortal:
    """A port with whose calls things may go wrong."""

    def __init__(self, role: str, port: Any, mishaps: Mishaps) -> None:
        self._role, self._port, self._mishaps = role, port, mishaps

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        what = f"{self._role}.{name}"

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._mishaps.around(what, lambda: method(*args, **kwargs), args)

        # From now on it is found at once: a bad day makes half a million calls.
        setattr(self, name, call)
        return call


class MortalPorts:
    """The ports of a world, as one of its hosts has them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.scope = Scope(workspace=WORKSPACE, account="store")
        self.policies = {"digits": world.policy}

    def now(self) -> datetime:
        return self._world.now

    def __getattr__(self, name: str) -> Any:
        port = Mortal(name, getattr(self._world, name), self._world.mishaps)
        setattr(self, name, port)
        return port


@dataclass(frozen=True)
class Result:
    """What becomes of the next run that is submitted, and of its model."""

    score: float = 0.5
    status: str = "Completed"
    harmful: bool = False
    broken: bool = False


@dataclass
class World:
    """One model, `digits`, and everything around it."""

    random: Random
    mishaps: Mishaps = field(default_factory=Mishaps)
    most_copies: int = 1
    events_lost: bool = False
    policy: ModelPolicy = POLICY
    now: datetime = BEGIN
    results: list[Result] = field(default_factory=list)
    production: float = CALM
    lost_work: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.models, self.arrivals = MemoryModels(), MemoryArrivals()
        self.blobs = MemoryBlobs(lambda: self.now)
        self.partitions = MemoryPartitions(self.blobs)
        self.messages, self.training = MemoryMessages(), MemoryTraining()
        self.registry, self.endpoints = MemoryRegistry(), MemoryEndpoints()
        self.examiner, self.deliveries = MemoryExaminer(), MemoryDeliveries()
        self.profiler = MemoryProfiler()
        self.webhooks, self.publisher = MemoryWebhooks("team"), MemoryPublisher()
        self.outside: list[bytes] = []
        self._copies: dict[str, int] = {}
        self._ended: set[str] = set()
        self.ports = cast("Ports", MortalPorts(self))
        self.mishaps.other_host = self._act_elsewhere
        self._logged = self.now - HOUR
        self._serve()

    @property
    def state(self) -> ModelState:
        return self.models.load("digits").state

    @property
    def sentences(self) -> list[str]:
        return [entry.sentence for entry in reversed(self.models.ledger("digits", 1000))]

    def manifests(self) -> list[dict[str, Any]]:
        """Those of all batches that were published."""
        found = self.blobs.names("batch", "out/")
        names = [name for name in found if name.endswith("/_manifest.json")]
        return [json.loads(self.blobs.read("batch", name)) for name in names]

    def upload(self, *names: str) -> None:
        """Upload files; the storage account tells of each, as often and as late as it likes."""
        for name in names:
            blob = self.blobs.upload("data", f"digits/{name}.parquet", name.encode() * 9)
            data = {"api": "PutBlob", "eTag": blob.etag, "contentLength": blob.size}
            subject = f"/blobServices/default/containers/data/blobs/{blob.path}"
            self.tell(ACCOUNT, "Microsoft.Storage.BlobCreated", subject, data)

    def ask(self, event: AnyEvent) -> None:
        """Send an event to the lane as the command line does: for as long as the queue takes."""
        self.messages.lane(event)

    def tell(self, source: str, kind: str, subject: str, data: dict[str, Any]) -> None:
        """Raise an event of the outside."""
        event = {
            "specversion": "1.0",
            "id": str(self.random.random()),
            "source": source,
            "type": kind,
            "subject": subject,
            "data": data,
        }
        if not self.events_lost:
            copies = self.random.randint(1, self.most_copies)
            self.outside += [json.dumps(event).encode()] * copies

    def live_on(self, until: Callable[[], bool]) -> None:
        """Let production go on, window after window, until something has come of it."""
        for _ in range(50):
            if until():
                return
            self._end_window()
        raise AssertionError("nothing comes of what production sees")

    def _end_window(self) -> None:
        """The timer ticks until the window that ends next was looked into, or was not to be."""
        end = self.now.replace(minute=0, second=0, microsecond=0) + HOUR
        while end.hour % 3:
            end += HOUR
        self._pass_time(end + timedelta(minutes=1))
        for _ in range(20):
            if (self.state.drift.until or BEGIN) < end:
                self._survive(lambda: tick(self.ports))
                self.settle()

    def settle(self, until: Callable[[], bool] = lambda: False) -> None:
        """Let the world run until nothing is left to happen, or until something has."""
        for _ in range(100_000):
            if until() or not self._happen():
                return
        raise AssertionError("the world never comes to rest")

    def _happen(self) -> bool:
        due = [one for one in self.messages.waiting.values() if one.at <= self.now]
        if self.outside and (not due or self.random.random() < 0.5):
            self._survive(self._hear)
        elif due:
            self._survive(lambda: self._hand_out(self.random.choice(due)))
        elif not self._end_runs():
            return self._wait()
        return True

    def _act_elsewhere(self) -> None:
        """Another host, which was given what this one has, or the timer, acts in between."""
        due = [one for one in self.messages.waiting.values() if one.at <= self.now]
        if due:
            self._survive(lambda: self._hand_out(self.random.choice(due)))
        else:
            self._survive(lambda: tick(self.ports))

    def _hear(self) -> None:
        body = self.outside[place := self.random.randrange(len(self.outside))]
        ingest(body, "events", self.ports)
        del self.outside[place]

    def _hand_out(self, message: Message) -> None:
        if self.lost_work and (kind := json.loads(message.body).get("action")) in self.lost_work:
            self.lost_work.remove(kind)
            del self.messages.waiting[message.id]
            return
        received = lanes.Received(
            queue=message.queue, body=message.body, delivery=1, retry=message.retry
        )
        take = lanes.take_step if message.queue == "lanes" else lanes.take_work
        take(received, self.ports)
        self._count(message)
        if self.most_copies > 1 and self.random.random() < 0.05:
            self.messages.forget()

    def _count(self, message: Message) -> None:
        """A message is answered so many times before it is gone, as an event of the outside is."""
        left = self._copies.pop(message.id, 0) or self.random.randint(1, self.most_copies)
        if left > 1:
            self._copies[message.id] = left - 1
        else:
            self.messages.waiting.pop(message.id, None)

    def _end_runs(self) -> bool:
        running = [job for job in self.training.jobs if job not in self._ended]
        for job in running:
            self._ended.add(job)
            result = self.results.pop(0)
            self.examiner.scores[job] = result.score
            if result.harmful:
                self.examiner.harmful[job] = Refused(code="operator", reason="it is not allowed")
            if result.broken:
                version = str(len(self.registry.versions["digits"]) + 1)
                self.endpoints.broken[deployment_name(version, digest(job))] = "it does not load"
            self.training.end(job, result.status, f"the run is {result.status}")
            self.tell(WORKSPACE, *_run_event(job, result.status))
        return bool(running)

    def _wait(self) -> bool:
        times = [one.at for one in self.messages.waiting.values()]
        if not times and not self.state.pending:
            return False
        self._pass_time(min(times, default=self.now + timedelta(minutes=1)))
        if not times:
            self._survive(lambda: tick(self.ports))
        return True

    def _pass_time(self, until: datetime) -> None:
        self.now = max(self.now, until)
        self._serve()

    def _serve(self) -> None:
        """The endpoint logs what it is asked, in one file an hour."""
        while self._logged + HOUR <= self.now:
            self._logged += HOUR
            path = f"digits/{self._logged:%Y/%m/%d/%H}/a-1.parquet"
            self.profiler.scores[path] = self.production
            self.blobs.upload("inference", path, path.encode())

    def _survive(self, act: Callable[[], None]) -> None:
        """The process may die, or give its message back; the host hands it out again."""
        try:
            act()
        except (Crash, RatchetError):
            return


def _run_event(job: str, status: str) -> tuple[str, str, dict[str, Any]]:
    kind = "RunCompleted" if status == "Completed" else "RunStatusChanged"
    data = {"experimentId": "e", "runId": job, "runTags": {}, "runStatus": status}
    return f"Microsoft.MachineLearningServices.{kind}", f"experiments/e/runs/{job}", data
