"""What every adapter of the port `Deliveries` keeps to, in memory and on Azure Tables."""

from datetime import UTC, datetime, timedelta

import pytest
from azure.data.tables import TableClient
from msgspec.structs import replace

from adapters.memory.deliveries import MemoryDeliveries
from adapters.storage.deliveries import TableDeliveries
from decisions.names import webhook_id
from decisions.ports import Deliveries, Delivery

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["memory", "azure"])
def deliveries(request: pytest.FixtureRequest) -> Deliveries:
    if request.param == "memory":
        return MemoryDeliveries()
    table: TableClient = request.getfixturevalue("table")
    return TableDeliveries(table)


def delivery(about: str = "1", model: str = "digits", created: datetime = NOON) -> Delivery:
    return Delivery(
        id=webhook_id(model, "model.registered", about, "ml-team"),
        model=model,
        subscriber="ml-team",
        kind="model.registered",
        body='{"type":"model.registered"}',
        created=created,
    )


def test_an_opened_delivery_is_found_as_it_was(deliveries: Deliveries):
    deliveries.open(delivery())

    assert deliveries.find("digits", delivery().id) == delivery()


def test_a_delivery_never_opened_is_not_found(deliveries: Deliveries):
    assert deliveries.find("digits", delivery().id) is None


def test_opening_again_changes_nothing(deliveries: Deliveries):
    deliveries.open(delivery())
    deliveries.record(replace(delivery(), tries=1, done=True, outcome="delivered"))

    deliveries.open(replace(delivery(), body="another"))

    assert deliveries.find("digits", delivery().id) == replace(
        delivery(), tries=1, done=True, outcome="delivered"
    )


def test_the_last_recorded_try_is_kept(deliveries: Deliveries):
    deliveries.open(delivery())

    deliveries.record(replace(delivery(), tries=1, outcome="its receiver answered 503"))
    deliveries.record(replace(delivery(), tries=2, done=True, outcome="delivered"))

    found = deliveries.find("digits", delivery().id)
    assert found is not None
    assert (found.tries, found.done, found.outcome) == (2, True, "delivered")


def test_a_body_of_200_kilobytes_comes_back_whole(deliveries: Deliveries):
    large = replace(delivery(), body="größer – 🎉 " * 15_000)

    deliveries.open(large)

    assert deliveries.find("digits", large.id) == large


def test_a_models_deliveries_are_listed_newest_first(deliveries: Deliveries):
    for hours in (2, 1, 3):
        deliveries.open(delivery(str(hours), created=NOON + timedelta(hours=hours)))
    deliveries.open(delivery(model="letters"))

    listed = deliveries.list("digits")

    assert [one.created.hour for one in listed] == [15, 14, 13]
    assert [one.model for one in deliveries.list("letters")] == ["letters"]
