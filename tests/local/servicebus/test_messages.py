"""Sending, receiving and settling with Microsoft's client on a real process."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusMessageState,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
)
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageNotFoundError,
    MessageSizeExceededError,
)

WAIT = 10.0  # Seconds; what is expected to come comes much sooner.


def send(client: ServiceBusClient, queue: str, *bodies: str, **options: Any) -> None:
    with client.get_queue_sender(queue) as sender:
        sender.send_messages([ServiceBusMessage(body, **options) for body in bodies])


def receive(receiver: ServiceBusReceiver, count: int) -> list[ServiceBusReceivedMessage]:
    messages: list[ServiceBusReceivedMessage] = []
    while len(messages) < count:
        batch = receiver.receive_messages(count - len(messages), max_wait_time=WAIT)
        assert batch, f"only {len(messages)} of {count} messages came"
        messages += batch
    return messages


def bodies(messages: list[ServiceBusReceivedMessage]) -> list[str]:
    return [str(message) for message in messages]


def test_message_arrives_with_all_that_the_sender_set(client: ServiceBusClient):
    sent = ServiceBusMessage(
        b"\x00body\xff",
        application_properties={"text": "é", "number": 7, "yes": True},
        message_id="id-1",
        session_id="model",
        subject="subject",
        content_type="application/json",
        correlation_id="correlation",
        reply_to="reply",
        to="to",
        time_to_live=timedelta(minutes=5),
    )
    with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        sender.send_messages(sent)
        (got,) = receive(receiver, 1)
        assert b"".join(got.body) == b"\x00body\xff"
        assert got.application_properties == {b"text": "é".encode(), b"number": 7, b"yes": True}
        assert (got.message_id, got.session_id, got.subject) == ("id-1", "model", "subject")
        assert (got.content_type, got.correlation_id) == ("application/json", "correlation")
        assert (got.reply_to, got.to, got.time_to_live) == ("reply", "to", timedelta(minutes=5))
        assert (got.sequence_number, got.delivery_count) == (1, 0)
        assert got.enqueued_time_utc is not None
        assert abs(got.enqueued_time_utc - datetime.now(UTC)) < timedelta(minutes=1)


def test_batch_arrives_as_single_messages_in_order(client: ServiceBusClient):
    send(client, "plain", *"abcdefgh")
    with client.get_queue_receiver("plain") as receiver:
        assert bodies(receive(receiver, 8)) == list("abcdefgh")


def test_waiting_receiver_gets_a_message_sent_later(client: ServiceBusClient):
    with client.get_queue_receiver("plain", prefetch_count=1) as receiver:
        send(client, "plain", "later")
        assert bodies(receive(receiver, 1)) == ["later"]


def test_completed_message_is_gone(client: ServiceBusClient):
    send(client, "plain", "a")
    with client.get_queue_receiver("plain") as receiver:
        receiver.complete_message(receive(receiver, 1)[0])
        assert receiver.peek_messages(sequence_number=1) == []


def test_abandoned_message_comes_again_until_it_is_dead_lettered(client: ServiceBusClient):
    send(client, "plain", "poison")
    with client.get_queue_receiver("plain") as receiver:
        for failures in range(2):
            (message,) = receive(receiver, 1)
            assert message.delivery_count == failures
            receiver.abandon_message(message)
        assert receiver.peek_messages(sequence_number=1) == []
    with client.get_queue_receiver("plain", sub_queue="deadletter") as graveyard:
        (buried,) = receive(graveyard, 1)
        assert buried.dead_letter_reason == "MaxDeliveryCountExceeded"
        graveyard.complete_message(buried)


def test_dead_lettered_message_keeps_reason_and_properties(client: ServiceBusClient):
    send(client, "plain", "a", application_properties={"kept": "yes"})
    with client.get_queue_receiver("plain") as receiver:
        (message,) = receive(receiver, 1)
        receiver.dead_letter_message(message, reason="unreadable", error_description="no JSON")
    with client.get_queue_receiver("plain", sub_queue="deadletter") as graveyard:
        (buried,) = receive(graveyard, 1)
        assert (buried.dead_letter_reason, buried.dead_letter_error_description) == (
            "unreadable",
            "no JSON",
        )
        assert buried.application_properties is not None
        assert buried.application_properties[b"kept"] == b"yes"


def test_deferred_message_is_received_by_number_and_settled(client: ServiceBusClient):
    send(client, "plain", "a")
    with client.get_queue_receiver("plain") as receiver:
        (message,) = receive(receiver, 1)
        receiver.defer_message(message)
        number = message.sequence_number
        assert number is not None
        (peeked,) = receiver.peek_messages(sequence_number=1)
        assert peeked.state is ServiceBusMessageState.DEFERRED
        (deferred,) = receiver.receive_deferred_messages(number)
        receiver.complete_message(deferred)
        with pytest.raises(MessageNotFoundError):
            receiver.receive_deferred_messages(number)


@pytest.mark.parametrize("how", ["abandon", "defer", "dead_letter"])
def test_deferred_message_may_be_settled_otherwise(client: ServiceBusClient, how: str):
    send(client, "plain", "a")
    with client.get_queue_receiver("plain") as receiver:
        (message,) = receive(receiver, 1)
        receiver.defer_message(message)
        number = message.sequence_number
        assert number is not None
        getattr(receiver, f"{how}_message")(receiver.receive_deferred_messages(number)[0])
        left = [peeked.state for peeked in receiver.peek_messages(sequence_number=1)]
        assert left == ([] if how == "dead_letter" else [ServiceBusMessageState.DEFERRED])


def test_deferred_message_is_received_for_good_in_that_mode(client: ServiceBusClient):
    send(client, "plain", "a")
    with client.get_queue_receiver("plain") as receiver:
        (message,) = receive(receiver, 1)
        receiver.defer_message(message)
    number = message.sequence_number
    assert number is not None
    with client.get_queue_receiver("plain", receive_mode="receiveanddelete") as receiver:
        assert bodies(receiver.receive_deferred_messages(number)) == ["a"]
        assert receiver.peek_messages(sequence_number=1) == []


def test_message_received_for_good_is_gone(client: ServiceBusClient):
    send(client, "plain", "a", "b")
    with client.get_queue_receiver("plain", receive_mode="receiveanddelete") as receiver:
        assert bodies(receive(receiver, 2)) == ["a", "b"]
        assert receiver.peek_messages(sequence_number=1) == []


def test_expired_lock_brings_the_message_again_and_cannot_be_renewed(client: ServiceBusClient):
    send(client, "brief", "a")
    with client.get_queue_receiver("brief") as receiver:
        (lost,) = receive(receiver, 1)
        (again,) = receive(receiver, 1)
        assert again.delivery_count == 1
        with pytest.raises(MessageLockLostError, match="is not held"):
            receiver.renew_message_lock(lost)


def test_renewed_lock_ends_later(client: ServiceBusClient):
    send(client, "plain", "a")
    with client.get_queue_receiver("plain") as receiver:
        (message,) = receive(receiver, 1)
        before = message.locked_until_utc
        assert before is not None
        assert receiver.renew_message_lock(message) > before
        receiver.complete_message(message)


def test_only_as_many_messages_are_locked_as_were_asked_for(client: ServiceBusClient):
    send(client, "plain", "a", "b", "c")
    with (
        client.get_queue_receiver("plain") as one,
        client.get_queue_receiver("plain", receive_mode="receiveanddelete") as rest,
    ):
        assert bodies(receive(one, 1)) == ["a"]
        assert bodies(receive(rest, 2)) == ["b", "c"]


def test_closed_receiver_gives_back_what_it_prefetched(client: ServiceBusClient):
    send(client, "plain", "a", "b", "c")
    with client.get_queue_receiver("plain", prefetch_count=3) as greedy:
        greedy.complete_message(receive(greedy, 1)[0])
    with client.get_queue_receiver("plain") as receiver:
        assert [(str(m), m.delivery_count) for m in receive(receiver, 2)] == [("b", 0), ("c", 0)]


def test_scheduled_message_can_be_seen_and_cancelled(client: ServiceBusClient):
    due = datetime.now(UTC) + timedelta(hours=1)
    with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        numbers = sender.schedule_messages([ServiceBusMessage("a"), ServiceBusMessage("b")], due)
        sender.cancel_scheduled_messages(numbers[0])
        (peeked,) = receiver.peek_messages(10, sequence_number=1)
        assert (str(peeked), peeked.state) == ("b", ServiceBusMessageState.SCHEDULED)
        assert peeked.sequence_number == numbers[1]


def test_scheduled_message_comes_when_due_and_is_then_past_cancelling(client: ServiceBusClient):
    with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        due = datetime.now(UTC) + timedelta(seconds=1)
        numbers = sender.schedule_messages(ServiceBusMessage("a"), due)
        assert bodies(receive(receiver, 1)) == ["a"]
        assert datetime.now(UTC) >= due
        with pytest.raises(MessageNotFoundError):
            sender.cancel_scheduled_messages(numbers)


def test_message_sent_with_a_due_time_comes_when_due(client: ServiceBusClient):
    with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        due = datetime.now(UTC) + timedelta(seconds=2)
        sender.send_messages(ServiceBusMessage("later", scheduled_enqueue_time_utc=due))
        sender.send_messages(ServiceBusMessage("now"))
        assert bodies(receive(receiver, 2)) == ["now", "later"]
        assert datetime.now(UTC) >= due


def test_duplicate_send_succeeds_and_is_dropped(client: ServiceBusClient):
    due = datetime.now(UTC) + timedelta(hours=1)
    send(client, "unique", "first", "second", message_id="same")
    with client.get_queue_sender("unique") as sender:
        numbers = sender.schedule_messages(ServiceBusMessage("third", message_id="same"), due)
        assert len(numbers) == 1
    with client.get_queue_receiver("unique") as receiver:
        assert bodies(receiver.peek_messages(10, sequence_number=1)) == ["first"]


def test_message_of_the_largest_size_passes_and_a_larger_is_refused(client: ServiceBusClient):
    with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        sender.send_messages(ServiceBusMessage(b"x" * 260_000))
        assert len(b"".join(receive(receiver, 1)[0].body)) == 260_000
        with pytest.raises(MessageSizeExceededError, match="262144"):
            sender.send_messages(ServiceBusMessage(b"x" * 600_000))
        sender.send_messages(ServiceBusMessage("small again"))
