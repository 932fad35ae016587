"""The outbox of webhooks, in memory."""

from collections.abc import Sequence

from decisions.ports import Delivery


class MemoryDeliveries:
    """Port `Deliveries`."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], Delivery] = {}

    def open(self, delivery: Delivery) -> None:
        """Store a delivery once."""
        self._stored.setdefault((delivery.model, delivery.id), delivery)

    def find(self, model: str, delivery: str) -> Delivery | None:
        """A stored delivery of a model."""
        return self._stored.get((model, delivery))

    def record(self, delivery: Delivery) -> None:
        """Store what became of a try."""
        self._stored[delivery.model, delivery.id] = delivery

    def list(self, model: str) -> Sequence[Delivery]:
        """All deliveries of a model, newest first."""
        mine = [one for one in self._stored.values() if one.model == model]
        return sorted(mine, key=lambda one: one.created, reverse=True)
