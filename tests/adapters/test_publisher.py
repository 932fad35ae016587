from datetime import timedelta

import pytest
from azure.core.credentials import AzureKeyCredential

from adapters.publisher import Silent, TopicPublisher
from decisions.errors import Rejected, Transient
from tests.adapters.receiver import Receiver, Reply
from tests.conftest import Credential


@pytest.fixture
def publisher(manager: Receiver) -> TopicPublisher:
    return TopicPublisher(f"{manager.url}/api/events", Credential(), "/ratchet")


def test_an_event_is_a_cloud_event(publisher: TopicPublisher, manager: Receiver) -> None:
    manager.replies.append(Reply(200))

    publisher.publish("a1", "digits", "model.registered", {"version": "2"})

    (request,) = manager.requests
    (event,) = request.json
    assert request.path.startswith("/api/events?")
    assert request.headers["content-type"].startswith("application/cloudevents-batch+json")
    assert event.pop("time").endswith("Z")
    assert event == {
        "specversion": "1.0",
        "id": "a1",
        "source": "/ratchet",
        "type": "ratchet.model.registered",
        "subject": "models/digits",
        "data": {"version": "2"},
    }


def test_comes_as_itself_or_with_a_key(publisher: TopicPublisher, manager: Receiver) -> None:
    manager.answer = lambda _: Reply(200)
    by_key = TopicPublisher(f"{manager.url}/api/events", AzureKeyCredential("hush"), "/ratchet")

    publisher.publish("a1", "digits", "run.failed", {})
    by_key.publish("a2", "digits", "run.failed", {})

    with_token, with_key = (one.headers for one in manager.requests)
    assert with_token["authorization"] == "Bearer token for https://eventgrid.azure.net/.default"
    assert with_key["aeg-sas-key"] == "hush"


def test_throttling_is_left_to_the_lane(publisher: TopicPublisher, manager: Receiver) -> None:
    manager.replies.append(Reply(429, {"Retry-After": "20"}))

    with pytest.raises(Transient) as caught:
        publisher.publish("a1", "digits", "run.failed", {})

    assert caught.value.retry_after == timedelta(seconds=20)
    assert len(manager.requests) == 1


def test_a_missing_permission_names_its_role(publisher: TopicPublisher, manager: Receiver) -> None:
    manager.replies.append(Reply(403))

    with pytest.raises(Rejected, match="EventGrid Data Sender"):
        publisher.publish("a1", "digits", "run.failed", {})


def test_without_a_topic_nobody_is_told() -> None:
    Silent().publish("a1", "digits", "run.failed", {})
