"""Ports in memory with a clock that stands still, for one model called `digits`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from adapters.memory.arrivals import MemoryArrivals
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.deliveries import MemoryDeliveries
from adapters.memory.endpoints import MemoryEndpoints
from adapters.memory.examiner import MemoryExaminer
from adapters.memory.messages import MemoryMessages
from adapters.memory.models import MemoryModels
from adapters.memory.partitions import MemoryPartitions
from adapters.memory.profiler import MemoryProfiler
from adapters.memory.publisher import MemoryPublisher
from adapters.memory.registry import MemoryRegistry
from adapters.memory.training import MemoryTraining
from adapters.memory.webhooks import MemoryWebhooks
from decisions.codec import decode_event, decode_work
from decisions.policies import DataPolicy, ModelPolicy, RetrainPolicy
from decisions.ports import BlobVersion, Scope

WORKSPACE = (
    "/subscriptions/{subscription-id}/resourceGroups/{resource-group-name}/providers/"
    "Microsoft.MachineLearningServices/workspaces/{workspace-name}"
)
SCOPE = Scope(workspace=WORKSPACE, account="jolovstorage")
POLICY = ModelPolicy(
    data=DataPolicy(container="data", pattern="digits/*.parquet"),
    retrain=RetrainPolicy(pipeline="train_digits"),
)


class LargeLogs(MemoryBlobs):
    """Storage in which every log is so large that no two of them make a part."""

    def list(self, container: str, prefix: str) -> Iterable[BlobVersion]:
        return [replace(one, size=40 * 1024 * 1024) for one in super().list(container, prefix)]


@dataclass
class MemoryPorts:
    """Everything that a handler may touch, to be looked at afterwards."""

    time: datetime = datetime(2026, 11, 21, 8, 0, 3, tzinfo=UTC)
    scope: Scope = SCOPE
    policies: dict[str, ModelPolicy] = field(default_factory=lambda: {"digits": POLICY})
    models: MemoryModels = field(default_factory=MemoryModels)
    arrivals: MemoryArrivals = field(default_factory=MemoryArrivals)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    messages: MemoryMessages = field(default_factory=MemoryMessages)
    examiner: MemoryExaminer = field(default_factory=MemoryExaminer)
    profiler: MemoryProfiler = field(default_factory=MemoryProfiler)
    partitions: MemoryPartitions = field(init=False)
    training: MemoryTraining = field(default_factory=MemoryTraining)
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    endpoints: MemoryEndpoints = field(default_factory=MemoryEndpoints)
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    webhooks: MemoryWebhooks = field(default_factory=lambda: MemoryWebhooks("team"))
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)

    def __post_init__(self) -> None:
        self.partitions = MemoryPartitions(self.blobs)

    def now(self) -> datetime:
        return self.time

    def lane(self) -> list[object]:
        """The events that wait on the lanes."""
        waiting = self.messages.waiting.values()
        return [decode_event(one.body) for one in waiting if one.queue == "lanes"]

    def work(self) -> list[object]:
        """The work that waits."""
        waiting = self.messages.waiting.values()
        return [decode_work(one.body) for one in waiting if one.queue == "work"]
