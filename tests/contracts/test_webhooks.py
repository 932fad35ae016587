"""What every adapter of the port `Webhooks` keeps to, in memory and over real sockets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

import pytest

from adapters.memory.webhooks import MemoryWebhooks
from adapters.webhooks import SignedWebhooks, Subscriber
from decisions.errors import Rejected, Transient
from decisions.ports import Delivery, Webhooks
from tests.adapters.receiver import Receiver, Reply

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DELIVERY = Delivery(
    id="msg_1",
    model="digits",
    subscriber="ml-team",
    kind="model.registered",
    body='{"type":"model.registered"}',
    created=NOW,
)


class Side(Protocol):
    """A port and the subscriber at its other end."""

    @property
    def port(self) -> Webhooks: ...

    def fail_once(self, error: type[Exception]) -> None: ...

    def received(self) -> list[tuple[str, str]]: ...


class MemorySide:
    def __init__(self) -> None:
        self.port = MemoryWebhooks("ml-team")

    def fail_once(self, error: type[Exception]) -> None:
        self.port.failures.append(error("as the test wants it"))

    def received(self) -> list[tuple[str, str]]:
        return [(one.id, one.body) for one in self.port.received]


class HttpSide:
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        subscriber = Subscriber(
            name="ml-team", url=receiver.url, secrets=(SECRET,), private_network=True
        )
        self.port = SignedWebhooks([subscriber])

    def fail_once(self, error: type[Exception]) -> None:
        self._receiver.replies.append(Reply(410 if error is Rejected else 503))

    def received(self) -> list[tuple[str, str]]:
        return [
            (one.headers["webhook-id"], one.body.decode())
            for one in self._receiver.requests
            if one.status == 204
        ]


@pytest.fixture(params=["memory", "http"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "memory":
        yield MemorySide()
        return
    with Receiver() as receiver:
        yield HttpSide(receiver)


def test_names_those_who_want_to_hear(side: Side) -> None:
    assert list(side.port.subscribers("model.registered")) == ["ml-team"]


def test_a_post_arrives_with_its_id(side: Side) -> None:
    side.port.post(DELIVERY, NOW)

    assert side.received() == [("msg_1", '{"type":"model.registered"}')]


def test_a_failed_post_may_be_tried_again(side: Side) -> None:
    side.fail_once(Transient)
    with pytest.raises(Transient):
        side.port.post(DELIVERY, NOW)

    side.port.post(DELIVERY, NOW)

    assert side.received() == [("msg_1", '{"type":"model.registered"}')]


def test_a_subscriber_that_left_is_told_no_more(side: Side) -> None:
    side.fail_once(Rejected)

    with pytest.raises(Rejected):
        side.port.post(DELIVERY, NOW)

    assert side.received() == []
