"""Given-up messages are listed wherever they lie, and sent again exactly once."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from adapters.servicebus.dead_letters import DeadLetters
from decisions.actions import FreezeManifest
from decisions.codec import decode_event, decode_work, encode
from decisions.events import DataArrived
from decisions.ports import Parked
from tests.contracts.queues import ServiceBusQueues

ARRIVED = DataArrived(model="digits", bucket=10)
FREEZE = FreezeManifest(model="digits", attempt=1)


@pytest.fixture
def queues(bus: ServiceBusClient) -> Iterator[ServiceBusQueues]:
    with closing(ServiceBusQueues(bus)) as open_queues:
        yield open_queues


@pytest.fixture
def letters(bus: ServiceBusClient) -> DeadLetters:
    return DeadLetters(bus)


def parked(body: str = encode(ARRIVED).decode(), source: str = "lanes", retry: int = 3) -> Parked:
    return Parked(source=source, reason="Rejected: no", body=body, model="digits", retry=retry)


def dead_letter(bus: ServiceBusClient, queue: str, session: str | None = None) -> None:
    """Let Service Bus give a message up."""
    with bus.get_queue_receiver(queue, session_id=session) as receiver:
        for message in receiver.receive_messages(10, max_wait_time=10):
            receiver.dead_letter_message(
                message, reason="MaxDeliveryCountExceeded", error_description="10 deliveries"
            )


def test_a_parked_message_is_listed_as_it_was(queues: ServiceBusQueues, letters: DeadLetters):
    queues.port.park(parked())

    [letter] = letters.list()

    assert letter.id.startswith("parked/")
    assert (letter.source, letter.reason) == ("lanes", "Rejected: no")
    assert (letter.model, letter.body) == ("digits", encode(ARRIVED).decode())


def test_dead_letters_of_every_queue_are_listed(
    bus: ServiceBusClient, queues: ServiceBusQueues, letters: DeadLetters
):
    queues.port.lane(ARRIVED)
    queues.port.work(FREEZE)
    with bus.get_queue_sender("events") as sender:
        sender.send_messages(ServiceBusMessage(b"{}"))
    queues.port.park(parked())
    for queue, session in [("lanes", "digits"), ("work", None), ("events", None), ("parked", None)]:
        dead_letter(bus, queue, session)

    listed = letters.list()

    assert sorted(letter.id.partition("/")[0] for letter in listed) == [
        "events.dead",
        "lanes.dead",
        "parked.dead",
        "work.dead",
    ]
    [lane] = [letter for letter in listed if letter.id.startswith("lanes")]
    assert lane.reason == "MaxDeliveryCountExceeded: 10 deliveries"
    assert (lane.source, lane.model) == ("lanes", "digits")


def test_nothing_given_up_is_nothing_listed(queues: ServiceBusQueues, letters: DeadLetters):
    queues.port.work(FREEZE)

    assert list(letters.list()) == []


def test_a_redriven_lane_message_passes_duplicate_detection(
    queues: ServiceBusQueues, letters: DeadLetters
):
    queues.port.lane(ARRIVED)
    assert len(queues.lane("digits")) == 1
    queues.port.park(parked())

    [letter] = letters.list()
    assert list(letters.redrive([letter.id])) == [letter.id]

    [taken] = queues.lane("digits")
    assert decode_event(taken.body) == ARRIVED
    assert taken.retry == 3
    assert list(letters.list()) == []


def test_a_redriven_dead_letter_returns_to_its_queue(
    bus: ServiceBusClient, queues: ServiceBusQueues, letters: DeadLetters
):
    queues.port.lane(ARRIVED, retry=2)
    queues.port.work(FREEZE, retry=5)
    dead_letter(bus, "lanes", "digits")
    dead_letter(bus, "work")

    letters.redrive([letter.id for letter in letters.list()])

    [lane], [work] = queues.lane("digits"), queues.work()
    assert (decode_event(lane.body), lane.retry) == (ARRIVED, 2)
    assert (decode_work(work.body), work.retry) == (FREEZE, 5)
    assert list(letters.list()) == []


def test_what_dies_again_is_redriven_again(
    bus: ServiceBusClient, queues: ServiceBusQueues, letters: DeadLetters
):
    queues.port.work(FREEZE)
    dead_letter(bus, "work")
    letters.redrive([letter.id for letter in letters.list()])
    dead_letter(bus, "work")

    letters.redrive([letter.id for letter in letters.list()])

    assert len(queues.work()) == 1


def test_only_the_chosen_messages_are_redriven(queues: ServiceBusQueues, letters: DeadLetters):
    for bucket in range(5):
        event = DataArrived(model="digits", bucket=bucket)
        queues.port.park(parked(encode(event).decode()))
    chosen = letters.list()[3]

    assert list(letters.redrive([chosen.id, "parked/999999", "nowhere/1"])) == [chosen.id]

    [taken] = queues.lane("digits")
    assert taken.body.decode() == chosen.body
    assert len(letters.list()) == 4


def test_a_parked_event_returns_to_the_intake(
    bus: ServiceBusClient, queues: ServiceBusQueues, letters: DeadLetters
):
    queues.port.park(Parked(source="http", reason="malformed", body='{"id":"1"}'))

    letters.redrive([letter.id for letter in letters.list()])

    with bus.get_queue_receiver("events") as receiver:
        [message] = receiver.peek_messages()
    assert b"".join(message.body) == b'{"id":"1"}'


def test_a_strangers_message_in_parked_does_not_stop_the_list(
    bus: ServiceBusClient, queues: ServiceBusQueues, letters: DeadLetters
):
    with bus.get_queue_sender("parked") as sender:
        sender.send_messages(ServiceBusMessage(b"\xff not JSON"))
    queues.port.park(parked())

    stranger, ours = letters.list()

    assert "not parked by Ratchet" in stranger.reason
    assert ours.reason == "Rejected: no"
