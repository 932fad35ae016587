"""Deliveries to webhooks: handshake, headers, retries, dead letters, filters, crashes."""

import json
from pathlib import Path

import httpx
import pytest
from azure.eventgrid import EventGridEvent
from azure.storage.blob import BlobServiceClient

from tests.local.eventgrid.grid import SPECS, Endpoint, Grid, grid, until, webhook

FACTS = json.loads((SPECS / "delivery-facts.json").read_text())
CLOUD_EVENTS = {"eventDeliverySchema": "CloudEventSchemaV1_0"}


def event(identifier: str = "one", kind: str = "Shop.Ordered") -> EventGridEvent:
    return EventGridEvent("orders/1", kind, {"total": 3}, "1.0", id=identifier)


def publish(running: Grid, *events: EventGridEvent) -> None:
    with running.publisher() as client:
        client.send(list(events or [event()]))


def dead_letters(name: str) -> dict[str, object]:
    properties = {"resourceId": "/subscriptions/S", "blobContainerName": name}
    return {
        "deadLetterDestination": {"endpointType": "StorageBlob", "properties": properties},
    }


def test_an_endpoint_consents_by_the_validation_event(tmp_path: Path, hook: Endpoint):
    sample = SPECS / "handshake" / "eventgrid_schema_subscription_validation.json"
    official = json.loads(sample.read_text())["request"]
    with grid(tmp_path, webhook(hook.url)) as running:
        until(lambda: running.show()["open"] == ["to-hook"])
    [asked] = hook.handshakes
    [sent] = asked.body
    assert set(sent) == set(official["body"][0])
    assert sent["eventType"] == "Microsoft.EventGrid.SubscriptionValidationEvent"
    assert set(sent["data"]) == {"validationCode", "validationUrl"}
    assert set(official["headers"]) <= set(asked.headers)


def test_an_endpoint_of_cloud_events_consents_by_options(tmp_path: Path, hook: Endpoint):
    with grid(tmp_path, webhook(hook.url, **CLOUD_EVENTS)) as running:
        until(lambda: running.show()["open"] == ["to-hook"])
    [asked] = hook.handshakes
    assert asked.method == "OPTIONS"
    assert asked.headers["webhook-request-origin"] == "eventgrid.azure.net"


@pytest.mark.parametrize("schema", [{}, CLOUD_EVENTS], ids=["Event Grid", "CloudEvents"])
def test_nothing_is_sent_before_the_endpoint_consents(
    tmp_path: Path, hook: Endpoint, schema: dict[str, str]
):
    hook.consents = False
    with grid(tmp_path, webhook(hook.url, **schema)) as running:
        publish(running)
        until(lambda: len(hook.handshakes) > 1)
        assert hook.requests == []
        hook.consents = True
        hook.wait(1)


def test_a_person_consents_by_opening_the_validation_url(tmp_path: Path, hook: Endpoint):
    hook.consents = False
    with grid(tmp_path, webhook(hook.url)) as running:
        publish(running)
        until(lambda: bool(hook.handshakes))
        wrong = httpx.get(f"{running.url}/eventsubscriptions/to-hook/validate?id=guess")
        right = httpx.get(hook.handshakes[0].body[0]["data"]["validationUrl"])
        hook.wait(1)
    assert (wrong.status_code, right.status_code) == (400, 200)


def test_event_grid_events_come_alone_in_an_array_with_all_headers(tmp_path: Path, hook: Endpoint):
    with grid(tmp_path, webhook(hook.url)) as running:
        publish(running)
        hook.wait(1)
    [request] = hook.requests
    assert isinstance(request.body, list)
    assert set(FACTS["request_headers"]) <= set(request.headers)
    assert request.headers["aeg-event-type"] == "Notification"
    assert request.headers["aeg-data-version"] == "1.0"
    assert request.headers["content-type"] == FACTS["content_type"]["EventGridSchema"]


def test_event_grid_events_become_cloud_events_on_the_way(tmp_path: Path, hook: Endpoint):
    with grid(tmp_path, webhook(hook.url, **CLOUD_EVENTS)) as running:
        publish(running)
        hook.wait(1)
    [request] = hook.requests
    assert request.headers["content-type"] == FACTS["content_type"]["CloudEventSchemaV1_0"]
    assert request.body["type"] == "Shop.Ordered"
    assert request.body["source"].endswith("/topics/orders")
    assert request.body["data"] == {"total": 3}
    assert set(request.body) == {"id", "source", "type", "subject", "time", "specversion", "data"}


def test_a_failed_delivery_is_tried_again_under_the_same_id(tmp_path: Path, hook: Endpoint):
    hook.statuses = [503, 500, 404]
    with grid(tmp_path, webhook(hook.url)) as running:
        publish(running)
        hook.wait(4)
    assert len({request.headers["aeg-output-event-id"] for request in hook.requests}) == 1
    assert [request.headers["aeg-delivery-count"] for request in hook.requests] == list("0123")


@pytest.mark.parametrize("status", FACTS["no_retry_status"]["webhook"])
def test_what_makes_no_sense_to_repeat_is_not_repeated(tmp_path: Path, hook: Endpoint, status: int):
    hook.statuses = [status]
    with grid(tmp_path, webhook(hook.url)) as running:
        publish(running)
        until(lambda: running.deliveries("dropped") == 1)
    assert len(hook.requests) == 1


def test_a_given_up_event_lies_in_the_container_with_the_reason(
    tmp_path: Path, hook: Endpoint, storage: str
):
    hook.statuses = [404, 404]
    more = {**dead_letters("given-up"), "retryPolicy": {"maxDeliveryAttempts": 2}}
    with grid(tmp_path, webhook(hook.url, **more), storage=storage) as running:
        publish(running)
        until(lambda: running.deliveries("dead") == 1)
    with BlobServiceClient.from_connection_string(storage) as service:
        container = service.get_container_client("given-up")
        [name] = container.list_blob_names()
        [letter] = json.loads(container.download_blob(name).readall())
    assert name.startswith("TO-HOOK/")
    assert set(FACTS["dead_letter_extra_fields"]["EventGridSchema"]) <= set(letter)
    assert letter["deadLetterReason"] == "MaxDeliveryAttemptsExceeded"
    assert letter["lastDeliveryOutcome"] == "NotFound"
    assert letter["deliveryAttempts"] == 2
    assert letter["id"] == "one"


def test_a_given_up_cloud_event_has_its_fields_in_lower_case(
    tmp_path: Path, hook: Endpoint, storage: str
):
    hook.statuses = [400]
    more = {**dead_letters("lower-case"), **CLOUD_EVENTS}
    with grid(tmp_path, webhook(hook.url, **more), storage=storage) as running:
        publish(running)
        until(lambda: running.deliveries("dead") == 1)
    with BlobServiceClient.from_connection_string(storage) as service:
        container = service.get_container_client("lower-case")
        [name] = container.list_blob_names()
        [letter] = json.loads(container.download_blob(name).readall())
    official = json.loads((SPECS / "dead-letter" / "cloud-events-schema.json").read_text())
    assert set(official) - {"data"} <= set(letter)
    assert letter["lastdeliveryoutcome"] == "BadRequest"


def test_a_filter_lets_only_its_events_through(tmp_path: Path, hook: Endpoint):
    wish = {"includedEventTypes": ["Shop.Ordered"], "subjectBeginsWith": "ORDERS/"}
    with grid(tmp_path, webhook(hook.url, filter=wish)) as running:
        publish(running, event("a", "Shop.Closed"), event("b"), event("c", "Shop.Opened"))
        hook.wait(1)
        until(lambda: running.deliveries("delivered") == 1)
    assert [sent["id"] for sent in hook.events] == ["b"]


def test_chosen_attributes_become_headers(tmp_path: Path, hook: Endpoint):
    subscription = webhook(hook.url)
    subscription["properties"]["destination"]["properties"]["deliveryAttributeMappings"] = [
        {"name": "x-total", "type": "Dynamic", "properties": {"sourceField": "data.total"}},
        {"name": "x-shop", "type": "Static", "properties": {"value": "mine"}},
    ]
    with grid(tmp_path, subscription) as running:
        publish(running)
        hook.wait(1)
    assert hook.requests[0].headers["x-total"] == "3"
    assert hook.requests[0].headers["x-shop"] == "mine"


def test_a_published_event_survives_a_crash(tmp_path: Path, hook: Endpoint):
    hook.consents = False
    with grid(tmp_path, webhook(hook.url)) as running:
        publish(running)
        running.kill()
        hook.consents = True
        running.start()
        hook.wait(1)
    assert [sent["id"] for sent in hook.events] == ["one"]


def test_events_are_dropped_repeated_and_replayed_on_demand(tmp_path: Path, hook: Endpoint):
    with grid(tmp_path, webhook(hook.url)) as running:
        faults = f"{running.url}/admin/faults"
        httpx.put(faults, json={"drop": 1, "types": ["Shop.Ordered"]}).raise_for_status()
        publish(running, event("lost"), event("kept", "Shop.Closed"))
        httpx.put(faults, json={"repeat": 2, "shuffle": 0.05}).raise_for_status()
        publish(running, event("many"))
        hook.wait(4)
        httpx.put(faults, json={}).raise_for_status()
        again = httpx.post(f"{running.url}/admin/replay", json={"times": 2, "seed": 1})
        hook.wait(10)
    assert again.json() == {"published": 6}
    ids = [sent["id"] for sent in hook.events]
    assert sorted(ids) == ["kept"] * 3 + ["lost"] * 2 + ["many"] * 5
    assert len({request.headers["aeg-output-event-id"] for request in hook.requests}) == 10


def test_a_fault_that_is_none_is_refused(tmp_path: Path):
    with grid(tmp_path) as running:
        answer = httpx.put(f"{running.url}/admin/faults", json={"drop": 2})
    assert answer.status_code == 400
    assert "drop" in answer.json()["error"]["message"]
