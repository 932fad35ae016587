"""How people and other systems are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct


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
