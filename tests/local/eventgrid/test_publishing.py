"""Publication, held against Microsoft's client and the published examples."""

import json
from pathlib import Path

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent

from tests.local.eventgrid.grid import KEY, SPECS, TOPIC_ID, Endpoint, grid, webhook

CLOUD_TOPIC = {
    "name": "orders",
    "id": TOPIC_ID,
    "key": KEY,
    "inputSchema": "CloudEventSchemaV1_0",
}


def test_microsofts_client_publishes_events_of_event_grid(tmp_path: Path, hook: Endpoint):
    with grid(tmp_path, webhook(hook.url)) as running, running.publisher() as client:
        client.send(EventGridEvent("orders/1", "Shop.Ordered", {"total": 3}, "1.0", id="one"))
        hook.wait(1)
    [event] = hook.events
    assert event["id"] == "one"
    assert event["topic"] == TOPIC_ID
    assert event["subject"] == "orders/1"
    assert event["data"] == {"total": 3}
    assert event["metadataVersion"] == "1"


def test_microsofts_client_publishes_a_batch_of_cloud_events(tmp_path: Path, hook: Endpoint):
    subscription = webhook(hook.url, eventDeliverySchema="CloudEventSchemaV1_0")
    events = [CloudEvent("/shop", "Shop.Ordered", data={"n": n}, id=str(n)) for n in range(3)]
    with grid(tmp_path, subscription, topics=[CLOUD_TOPIC]) as running:
        with running.publisher() as client:
            client.send(events)
        hook.wait(3)
    assert {event["id"] for event in hook.events} == {"0", "1", "2"}
    assert {event["specversion"] for event in hook.events} == {"1.0"}


def test_a_single_structured_cloud_event_is_taken(tmp_path: Path, hook: Endpoint):
    subscription = webhook(hook.url, eventDeliverySchema="CloudEventSchemaV1_0")
    event = {"specversion": "1.0", "id": "7", "source": "/shop", "type": "Shop.Closed", "data": 1}
    headers = {"aeg-sas-key": KEY, "content-type": "application/cloudevents+json; charset=utf-8"}
    with grid(tmp_path, subscription, topics=[CLOUD_TOPIC]) as running:
        answer = httpx.post(running.topic, content=json.dumps(event), headers=headers)
        hook.wait(1)
    assert answer.status_code == 200
    assert hook.events == [event]


def test_the_published_example_is_taken_as_it_stands(tmp_path: Path, hook: Endpoint):
    example = json.loads((SPECS / "publish" / "PublishEventsToEventGridTopic.json").read_text())
    events = example["parameters"]["events"]
    with grid(tmp_path, webhook(hook.url)) as running:
        answer = httpx.post(running.topic, json=events, headers={"aeg-sas-key": KEY})
        hook.wait(1)
    assert answer.status_code == 200
    assert hook.events == [{**events[0], "topic": TOPIC_ID, "metadataVersion": "1"}]


def test_a_wrong_key_publishes_nothing(tmp_path: Path, hook: Endpoint):
    with grid(tmp_path, webhook(hook.url)) as running, running.publisher("wrong") as client:
        with pytest.raises(ClientAuthenticationError) as refused:
            client.send(EventGridEvent("s", "t", {}, "1"))
        assert running.show()["deliveries"] == {}
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"{", "not JSON", id="no JSON"),
        pytest.param(b"[1]", "not an array of events", id="no events"),
        pytest.param(b'[{"id": "1"}]', "lacks eventType, subject", id="fields missing"),
        pytest.param(
            b'[{"id":"1","eventType":"t","subject":"s","eventTime":"now","dataVersion":"",'
            b'"topic":"/another"}]',
            "topic is not",
            id="another topic",
        ),
    ],
)
def test_a_malformed_publication_is_refused_with_the_reason(
    tmp_path: Path, hook: Endpoint, body: bytes, said: str
):
    with grid(tmp_path, webhook(hook.url)) as running:
        answer = httpx.post(running.topic, content=body, headers={"aeg-sas-key": KEY})
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_a_topic_of_the_other_schema_refuses_cloud_events(tmp_path: Path, hook: Endpoint):
    with (
        grid(tmp_path, webhook(hook.url)) as running,
        running.publisher() as client,
        pytest.raises(HttpResponseError, match="takes events in the EventGridSchema"),
    ):
        client.send(CloudEvent("/shop", "Shop.Ordered", data={}))


def test_more_than_a_megabyte_is_refused(tmp_path: Path, hook: Endpoint):
    with (
        grid(tmp_path, webhook(hook.url)) as running,
        running.publisher() as client,
        pytest.raises(HttpResponseError) as refused,
    ):
        client.send(EventGridEvent("s", "t", "x" * 1_100_000, "1"))
    assert refused.value.status_code == 413


def test_an_unknown_topic_is_not_found(tmp_path: Path):
    with grid(tmp_path) as running:
        answer = httpx.post(f"{running.url}/topics/none/api/events", json=[])
    assert answer.status_code == 404
