"""All roles together: what a handler is given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from decisions.policies import ModelPolicy
from decisions.ports.blobs import Arrivals, Blobs
from decisions.ports.memory import Models
from decisions.ports.messages import Messages
from decisions.ports.partitions import Partitions
from decisions.ports.people import Deliveries, Publisher, Webhooks
from decisions.ports.strangers import Examiner, Profiler
from decisions.ports.workspace import Endpoints, Registry, Training


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
    def partitions(self) -> Partitions: ...
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
