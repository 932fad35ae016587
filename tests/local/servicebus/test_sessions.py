"""Sessions with Microsoft's client on a real process."""

import pytest
from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    AutoLockRenewer,
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceiver,
    ServiceBusSession,
)
from azure.servicebus.exceptions import (
    OperationTimeoutError,
    ServiceBusError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

from tests.local.servicebus.emulator import Emulator, receiving_process

WAIT = 10.0  # Seconds; what is expected to come comes much sooner.


def send(client: ServiceBusClient, queue: str, *bodies: tuple[str, str]) -> None:
    with client.get_queue_sender(queue) as sender:
        for session, body in bodies:
            sender.send_messages(ServiceBusMessage(body, session_id=session))


def drain(receiver: ServiceBusReceiver, count: int) -> list[str]:
    bodies: list[str] = []
    while len(bodies) < count:
        messages = receiver.receive_messages(count, max_wait_time=WAIT)
        assert messages, f"only {bodies} came"
        for message in messages:
            receiver.complete_message(message)
        bodies += map(str, messages)
    return bodies


def lane(client: ServiceBusClient, session: str) -> ServiceBusReceiver:
    return client.get_queue_receiver("lanes", session_id=session)


def next_lane(client: ServiceBusClient) -> ServiceBusReceiver:
    return client.get_queue_receiver("lanes", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1)


def session_of(receiver: ServiceBusReceiver) -> ServiceBusSession:
    assert receiver.session is not None
    return receiver.session


def test_named_session_gives_its_own_messages_in_order(client: ServiceBusClient):
    send(client, "lanes", ("s", "1"), ("t", "x"), ("s", "2"), ("s", "3"))
    with lane(client, "s") as receiver:
        assert drain(receiver, 3) == ["1", "2", "3"]


def test_two_receivers_get_two_sessions_and_a_third_none(client: ServiceBusClient):
    send(client, "lanes", ("s", "1"), ("t", "2"))
    with next_lane(client) as one, next_lane(client) as two:
        assert [session_of(one).session_id, session_of(two).session_id] == ["s", "t"]
        with pytest.raises(OperationTimeoutError, match="no session of lanes"), next_lane(client):
            pass
        with pytest.raises(SessionCannotBeLockedError, match="another receiver"), lane(client, "s"):
            pass
        assert (drain(one, 1), drain(two, 1)) == (["1"], ["2"])


def test_killed_client_releases_its_session_uncounted(
    servicebus: Emulator, client: ServiceBusClient
):
    send(client, "lanes", ("s", "1"))
    with receiving_process(servicebus, "lanes", session="s") as holder:
        assert holder.first_body() == "1"
        with pytest.raises(SessionCannotBeLockedError), lane(client, "s"):
            pass
    with lane(client, "s") as heir:
        (message,) = heir.receive_messages(max_wait_time=WAIT)
        assert (str(message), message.delivery_count) == ("1", 0)


def test_session_state_passes_to_the_next_holder_until_cleared(client: ServiceBusClient):
    with lane(client, "s") as receiver:
        assert session_of(receiver).get_state() is None
        session_of(receiver).set_state("half way")
    with lane(client, "s") as receiver:
        assert session_of(receiver).get_state() == b"half way"
        session_of(receiver).set_state(None)
        assert session_of(receiver).get_state() is None


def test_renewed_session_lock_ends_later(client: ServiceBusClient):
    with lane(client, "s") as receiver:
        before = session_of(receiver).locked_until_utc
        assert before is not None
        assert session_of(receiver).renew_lock() > before


def test_automatic_renewal_outlives_the_lock_duration(client: ServiceBusClient):
    send(client, "renewed", ("s", "1"))
    with (
        AutoLockRenewer(max_lock_renewal_duration=60) as renewer,
        client.get_queue_receiver("renewed", session_id="s") as receiver,
    ):
        first_end = session_of(receiver).locked_until_utc
        assert first_end is not None
        renewer.register(receiver, session_of(receiver))
        (message,) = receiver.receive_messages(max_wait_time=WAIT)
        assert receiver.receive_messages(max_wait_time=9) == []
        receiver.complete_message(message)
        assert receiver.peek_messages(sequence_number=1) == []


def test_expired_session_detaches_its_receiver_and_frees_the_session(client: ServiceBusClient):
    send(client, "briefer", ("s", "1"))
    with client.get_queue_receiver("briefer", session_id="s") as lost:
        assert [str(message) for message in lost.receive_messages(max_wait_time=WAIT)] == ["1"]
        with pytest.raises(SessionLockLostError):
            lost.receive_messages(max_wait_time=WAIT)
    with client.get_queue_receiver("briefer", session_id=NEXT_AVAILABLE_SESSION) as heir:
        (message,) = heir.receive_messages(max_wait_time=WAIT)
        assert (str(message), message.delivery_count) == ("1", 1)


def test_abandoned_session_message_comes_before_its_successors(client: ServiceBusClient):
    send(client, "lanes", ("s", "1"), ("s", "2"))
    with lane(client, "s") as receiver:
        (first,) = receiver.receive_messages(1, max_wait_time=WAIT)
        receiver.abandon_message(first)
        assert drain(receiver, 2) == ["1", "2"]


def test_deferred_session_message_is_settled_by_its_holder(client: ServiceBusClient):
    send(client, "lanes", ("s", "1"))
    with lane(client, "s") as receiver:
        (message,) = receiver.receive_messages(1, max_wait_time=WAIT)
        receiver.defer_message(message)
        assert message.sequence_number is not None
        (deferred,) = receiver.receive_deferred_messages(message.sequence_number)
        receiver.complete_message(deferred)
        assert receiver.peek_messages(sequence_number=1) == []


def test_queue_with_sessions_refuses_what_has_none(client: ServiceBusClient):
    with pytest.raises(ServiceBusError, match="set a session id"):
        client.get_queue_sender("lanes").send_messages(ServiceBusMessage("a"))
    with pytest.raises(ServiceBusError, match="receive from a session"):
        client.get_queue_receiver("lanes").receive_messages(max_wait_time=WAIT)
    with pytest.raises(ServiceBusError, match="receive without a session id"):
        client.get_queue_receiver("plain", session_id="s").receive_messages(max_wait_time=WAIT)
