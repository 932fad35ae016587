"""Deliveries to Service Bus, read by Microsoft's client from the emulator's broker."""

import json
from pathlib import Path
from typing import Any

from azure.eventgrid import EventGridEvent
from azure.servicebus import ServiceBusClient, ServiceBusReceivedMessage

from tests.adapters.servers import service_bus
from tests.local.eventgrid.grid import Grid, grid, until

QUEUES = "/subscriptions/S/providers/Microsoft.ServiceBus/namespaces/N/queues"


def to_queue(name: str, **destination: object) -> dict[str, object]:
    queue = {"resourceId": f"{QUEUES}/{name}", **destination}
    return {
        "name": f"to-{name}",
        "topic": "orders",
        "properties": {
            "destination": {"endpointType": "ServiceBusQueue", "properties": queue},
            "eventDeliverySchema": "CloudEventSchemaV1_0",
        },
    }


def publish(running: Grid, *identifiers: str) -> None:
    with running.publisher() as client:
        client.send(
            [EventGridEvent("o", "Shop.Ordered", {"m": "a"}, "1", id=i) for i in identifiers]
        )


def received(
    connection: str, queue: str, count: int, **options: Any
) -> list[ServiceBusReceivedMessage]:
    with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_receiver(queue, **options) as receiver,
    ):
        messages: list[ServiceBusReceivedMessage] = []
        while len(messages) < count:
            messages += receiver.receive_messages(count, max_wait_time=5)
        for message in messages:
            receiver.complete_message(message)
        return messages


def test_an_event_becomes_a_message_with_headers(tmp_path: Path):
    with (
        service_bus(tmp_path / "bus") as bus,
        grid(tmp_path, to_queue("events"), serviceBus=bus.connection) as running,
    ):
        publish(running, "one")
        [message] = received(bus.connection, "events", 1)
    event = json.loads(str(message))
    assert event["id"] == "one"
    assert event["specversion"] == "1.0"
    assert message.content_type == "application/cloudevents+json; charset=utf-8"
    properties = message.application_properties or {}
    assert properties[b"aeg-event-type"] == b"Notification"
    assert properties[b"aeg-output-event-id"] == str(message.message_id).encode()
    assert message.message_id != "one"


def test_a_session_comes_from_a_field_of_the_event(tmp_path: Path):
    session = {"name": "SessionId", "type": "Dynamic", "properties": {"sourceField": "data.m"}}
    subscription = to_queue("lanes", deliveryAttributeMappings=[session])
    with (
        service_bus(tmp_path / "bus") as bus,
        grid(tmp_path, subscription, serviceBus=bus.connection) as running,
    ):
        publish(running, "one")
        [message] = received(bus.connection, "lanes", 1, session_id="a")
    assert json.loads(str(message))["id"] == "one"


def test_events_wait_for_a_broker_that_is_away(tmp_path: Path):
    with (
        service_bus(tmp_path / "bus") as bus,
        grid(tmp_path, to_queue("events"), serviceBus=bus.connection) as running,
    ):
        publish(running, "before")
        until(lambda: running.deliveries("delivered") == 1)
        bus.kill()
        publish(running, "during")
        until(lambda: "Again" in running.log.read_text())
        bus.start()
        messages = received(bus.connection, "events", 2)
    assert {json.loads(str(message))["id"] for message in messages} == {"before", "during"}
