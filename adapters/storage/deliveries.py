"""The outbox of webhooks in the table `deliveries`: one partition a model, one row a delivery."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec
from azure.data.tables import TableClient, TableEntity

from adapters.storage.rows import Rows, insert, packed, put, unpacked
from decisions.codec import encode
from decisions.errors import Conflict
from decisions.ports import Delivery

_FIRST, _END = "msg_", "msg`"  # Every webhook-id begins with msg_; ` comes after _ in ASCII.


class TableDeliveries:
    """Port `Deliveries`."""

    def __init__(self, table: TableClient) -> None:
        self._rows = Rows(table)

    def open(self, delivery: Delivery) -> None:
        """Store a delivery once."""
        with suppress(Conflict):
            self._rows.write(delivery.model, insert(delivery.id, packed(encode(delivery))))

    def find(self, model: str, delivery: str) -> Delivery | None:
        """A stored delivery of a model."""
        row = self._rows.find(model, delivery)
        return _delivery(row) if row else None

    def record(self, delivery: Delivery) -> None:
        """Store what became of a try."""
        self._rows.write(delivery.model, put(delivery.id, packed(encode(delivery))))

    def list(self, model: str) -> Sequence[Delivery]:
        """All deliveries of a model, newest first."""
        stored = map(_delivery, self._rows.between(model, _FIRST, _END))
        return sorted(stored, key=lambda one: one.created, reverse=True)


def _delivery(row: TableEntity) -> Delivery:
    return msgspec.json.decode(unpacked(row), type=Delivery)
