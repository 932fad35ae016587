"""What only a real Service Bus can do to a sender: restart, refuse, be away."""

import gc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from adapters.clients import servicebus_client
from adapters.servicebus.errors import queue_errors
from adapters.servicebus.messages import ServiceBusMessages, fitting
from decisions.actions import FreezeManifest
from decisions.codec import encode
from decisions.errors import Missing, Rejected, Transient
from decisions.events import DataArrived, PauseRequested
from decisions.ports import Parked
from local.ports import free_ports
from local.servicebus.amqp.sas import connection_string
from tests.adapters.servers import Bus

MESSAGE_LIMIT = 256 * 1024
SPRING = datetime(2100, 4, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def messages(bus: ServiceBusClient) -> Iterator[ServiceBusMessages]:
    with closing(ServiceBusMessages(bus)) as sender:
        yield sender


def test_a_message_says_what_it_is(bus: ServiceBusClient, messages: ServiceBusMessages):
    messages.lane(DataArrived(model="digits", bucket=10), retry=2)
    messages.work(FreezeManifest(model="digits", attempt=1))

    with bus.get_queue_receiver("lanes", session_id="digits") as lanes:
        [event] = lanes.peek_messages()
    with bus.get_queue_receiver("work") as work:
        [item] = work.peek_messages()
    assert (event.subject, event.content_type) == ("DataArrived", "application/json")
    assert event.session_id == "digits"
    assert event.application_properties == {b"retry": 2}
    assert event.message_id == ("6b1e8c6dc7a7686dccb78e8c611e00056a985d0064f2e8f00bc4bbc1f81dba30")
    assert (item.subject, item.session_id) == ("FreezeManifest", None)


def test_a_message_for_later_carries_its_time(bus: ServiceBusClient, messages: ServiceBusMessages):
    messages.work(FreezeManifest(model="digits", attempt=1), SPRING)

    with bus.get_queue_receiver("work") as work:
        [item] = work.peek_messages()
    assert item.scheduled_enqueue_time_utc == SPRING


@pytest.fixture
def collected() -> Iterator[None]:
    """Microsoft's client leaves the socket of a lost connection to the garbage collector."""
    yield
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.usefixtures("collected")
def test_a_sender_outlives_the_broker(
    servicebus: Bus, bus: ServiceBusClient, messages: ServiceBusMessages
):
    messages.work(FreezeManifest(model="digits", attempt=1))

    servicebus.kill()
    with pytest.raises(Transient, match="send to the queue work"):
        messages.work(FreezeManifest(model="digits", attempt=2))
    servicebus.start()
    messages.work(FreezeManifest(model="digits", attempt=2))

    with bus.get_queue_receiver("work") as work:
        assert len(work.peek_messages(10)) == 2


def test_a_broker_that_is_not_reached_is_tried_again():
    [port] = free_ports(1)

    with (
        servicebus_client(connection_string(port)) as client,
        pytest.raises(Transient, match="send to the queue lanes"),
    ):
        ServiceBusMessages(client).lane(DataArrived(model="digits", bucket=10))


def test_a_wrong_key_is_refused_with_the_role(servicebus: Bus):
    wrong = servicebus.connection.replace("SAS_KEY_VALUE", "WRONG_KEY")

    with servicebus_client(wrong) as client, pytest.raises(Rejected) as caught:
        ServiceBusMessages(client).lane(DataArrived(model="digits", bucket=10))

    assert caught.value.code == "forbidden"
    assert "Azure Service Bus Data Sender" in str(caught.value)
    assert "WRONG_KEY" not in str(caught.value)


def test_a_message_that_is_too_large_is_rejected(messages: ServiceBusMessages):
    huge = PauseRequested(model="digits", key="1", by="x" * 2_000_000)

    with pytest.raises(Rejected) as caught:
        messages.lane(huge)

    assert caught.value.code == "too_large"


@pytest.mark.parametrize("character", ["x", "ü", "\x00", "🎉"], ids=ascii)
def test_a_parked_message_is_cut_to_fit(character: str):
    text = character * 300_000

    cut = fitting(Parked(source="work", reason=text, body=text, trace=text, model="digits"))

    assert len(encode(cut)) < MESSAGE_LIMIT
    assert "of 300000 characters are kept" in cut.reason
    assert text.startswith(cut.body)
    assert (cut.source, cut.model) == ("work", "digits")


def test_a_parked_message_that_fits_is_left_alone():
    parked = Parked(source="work", reason="Rejected: no", body="{}", trace="Traceback", retry=2)

    assert fitting(parked) == parked


def test_a_parked_message_tells_its_source_and_reason_outside(
    bus: ServiceBusClient, messages: ServiceBusMessages
):
    messages.park(Parked(source="events", reason="malformed: no id", body="{"))

    with bus.get_queue_receiver("parked") as receiver:
        [message] = receiver.peek_messages()
    assert message.application_properties == {
        b"source": b"events",
        b"reason": b"malformed: no id",
    }
    assert msgspec.json.decode(b"".join(message.body))["body"] == "{"


def test_a_queue_that_is_not_there_is_named(bus: ServiceBusClient):
    sender = bus.get_queue_sender("nowhere")

    with pytest.raises(Missing, match="send to nowhere"), queue_errors("send to nowhere", "role"):
        sender.send_messages(ServiceBusMessage("{}"))
