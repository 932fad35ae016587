"""What every adapter of the port `Publisher` keeps to, in memory and as Event Grid has it."""

from collections.abc import Mapping
from typing import Any, Protocol

import pytest

from adapters.memory.publisher import MemoryPublisher
from adapters.publisher import TopicPublisher
from decisions.ports import Publisher
from tests.adapters.receiver import Receiver, Reply
from tests.conftest import Credential


class Side(Protocol):
    """A port, and what arrived at its other end: model, kind and data by identifier."""

    @property
    def port(self) -> Publisher: ...

    def arrived(self) -> dict[str, tuple[str, str, Mapping[str, Any]]]: ...


class MemorySide:
    def __init__(self) -> None:
        self.port = MemoryPublisher()

    def arrived(self) -> dict[str, tuple[str, str, Mapping[str, Any]]]:
        return self.port.published


class TopicSide:
    def __init__(self, topic: Receiver) -> None:
        self._topic = topic
        topic.answer = lambda _: Reply(200)
        self.port = TopicPublisher(f"{topic.url}/api/events", Credential(), "/ratchet")

    def arrived(self) -> dict[str, tuple[str, str, Mapping[str, Any]]]:
        """Receivers drop a second event of the same identifier and source."""
        events = [event for request in self._topic.requests for event in request.json]
        return {
            event["id"]: (
                event["subject"].removeprefix("models/"),
                event["type"].removeprefix("ratchet."),
                event["data"],
            )
            for event in events
        }


@pytest.fixture(params=["memory", "topic"])
def side(request: pytest.FixtureRequest) -> Side:
    return (
        MemorySide() if request.param == "memory" else TopicSide(request.getfixturevalue("manager"))
    )


def test_an_event_arrives_with_its_data(side: Side) -> None:
    side.port.publish("a1", "digits", "model.registered", {"version": "2"})

    assert side.arrived() == {"a1": ("digits", "model.registered", {"version": "2"})}


def test_the_same_event_twice_is_one(side: Side) -> None:
    for _ in range(2):
        side.port.publish("a1", "digits", "model.registered", {"version": "2"})
    side.port.publish("a2", "digits", "model.deployed", {})

    assert side.arrived().keys() == {"a1", "a2"}
