"""The broker by itself: time is a parameter, the store a file in memory."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from local.servicebus.broker import Broker
from local.servicebus.errors import (
    MessageLockLost,
    MessageNotFound,
    NotAllowed,
    SessionCannotBeLocked,
    SessionLockLost,
)
from local.servicebus.messages import Draft, Lock
from local.servicebus.queue import Queue
from local.servicebus.settings import QueueProperties, QueueSettings
from local.servicebus.store import Store

PLAIN = QueueSettings("plain", QueueProperties(max_delivery_count=3))
LANES = QueueSettings("lanes", QueueProperties(requires_session=True))
UNIQUE = QueueSettings("unique", QueueProperties(requires_duplicate_detection=True))
LOCK = 60.0  # Seconds, the default lock duration.
WINDOW = 600.0  # Seconds, the default duplicate detection window.
NOW = 1_700_000_000.0


@pytest.fixture
def broker() -> Iterator[Broker]:
    store = Store(":memory:")
    yield Broker([PLAIN, LANES, UNIQUE], store)
    store.close()


@pytest.fixture
def plain(broker: Broker) -> Queue:
    return broker.queue("plain")


@pytest.fixture
def lanes(broker: Broker) -> Queue:
    return broker.queue("lanes")


def drafts(*payloads: str, session: str | None = None) -> list[Draft]:
    return [Draft(payload=payload.encode(), session_id=session) for payload in payloads]


def received(queue: Queue, now: float, session: str | None = None, holder: str = "me") -> list[str]:
    locks = iter(lambda: queue.receive(now, session=session, holder=holder), None)
    return [lock.message.payload.decode() for lock in locks]


def lock_one(queue: Queue, now: float = NOW) -> Lock:
    lock = queue.receive(now)
    assert lock is not None
    return lock


def test_gives_each_message_once_in_order_of_sending(plain: Queue):
    plain.send(drafts("a", "b"), NOW)
    plain.send(drafts("c"), NOW)
    assert received(plain, NOW) == ["a", "b", "c"]


def test_completed_message_never_comes_again(plain: Queue):
    plain.send(drafts("a"), NOW)
    plain.complete(lock_one(plain).token, NOW)
    assert received(plain, NOW + 10 * LOCK) == []


def test_abandoned_message_comes_again_first_and_is_counted(plain: Queue):
    plain.send(drafts("a", "b"), NOW)
    plain.abandon(lock_one(plain).token, NOW)
    again = lock_one(plain)
    assert (again.message.payload, again.message.delivery_count) == (b"a", 1)


def test_released_message_comes_again_uncounted(plain: Queue):
    plain.send(drafts("a"), NOW)
    plain.release(lock_one(plain).token, NOW)
    assert lock_one(plain).message.delivery_count == 0


def test_expired_lock_returns_the_message_and_is_counted(plain: Queue):
    plain.send(drafts("a"), NOW)
    lost = lock_one(plain)
    assert plain.receive(NOW + LOCK - 1) is None
    assert lock_one(plain, NOW + LOCK).message.delivery_count == 1
    with pytest.raises(MessageLockLost, match="expired"):
        plain.complete(lost.token, NOW + LOCK)


def test_renewed_lock_outlives_its_first_end(plain: Queue):
    plain.send(drafts("a"), NOW)
    lock = lock_one(plain)
    assert plain.renew(lock.token, NOW + 50) == NOW + 50 + LOCK
    assert plain.receive(NOW + LOCK + 49) is None
    plain.complete(lock.token, NOW + LOCK + 49)


def test_last_failed_delivery_dead_letters_with_the_reason(broker: Broker, plain: Queue):
    plain.send(drafts("poison"), NOW)
    for _ in range(3):
        plain.abandon(lock_one(plain).token, NOW)
    assert plain.receive(NOW) is None
    buried = lock_one(broker.queue("plain/$DeadLetterQueue")).message
    assert (buried.payload, buried.delivery_count) == (b"poison", 3)
    assert buried.dead_letter_reason == "MaxDeliveryCountExceeded"


def test_dead_letter_queue_never_gives_up_a_message(broker: Broker, plain: Queue):
    plain.send(drafts("a"), NOW)
    plain.dead_letter(lock_one(plain).token, NOW, "why", "because")
    grave = broker.queue("plain/$deadletterqueue")
    for _ in range(5):
        grave.abandon(lock_one(grave).token, NOW)
    with pytest.raises(NotAllowed, match="complete the message instead"):
        grave.dead_letter(lock_one(grave).token, NOW, "again", "")


def test_dead_letter_queue_takes_nothing_from_outside(broker: Broker):
    with pytest.raises(NotAllowed, match="send to its queue"):
        broker.queue("plain/$deadletterqueue").send(drafts("a"), NOW)


def test_deferred_message_comes_by_its_number_alone(plain: Queue):
    (number,) = plain.send(drafts("a"), NOW)
    plain.defer(lock_one(plain).token, NOW)
    assert plain.receive(NOW) is None
    (lock,) = plain.receive_deferred([number], NOW)
    with pytest.raises(MessageNotFound, match="locked"):
        plain.receive_deferred([number], NOW)
    plain.complete(lock.token, NOW)
    with pytest.raises(MessageNotFound):
        plain.receive_deferred([number], NOW)


def test_deferred_message_stays_deferred_when_its_lock_expires(plain: Queue):
    (number,) = plain.send(drafts("a"), NOW)
    plain.defer(lock_one(plain).token, NOW)
    plain.receive_deferred([number], NOW)
    assert plain.receive(NOW + LOCK) is None
    assert plain.receive_deferred([number], NOW + LOCK)[0].message.delivery_count == 1


def test_scheduled_message_comes_at_its_time_with_a_new_number(plain: Queue):
    (promised,) = plain.send([Draft(payload=b"later", due=NOW + 30)], NOW)
    plain.send(drafts("now"), NOW)
    assert received(plain, NOW + 29) == ["now"]
    assert plain.next_deadline() == NOW + 30
    late = lock_one(plain, NOW + 30).message
    assert (late.payload, late.enqueued_at) == (b"later", NOW + 30)
    assert late.sequence > promised


def test_scheduled_messages_come_in_the_order_of_their_times(plain: Queue):
    plain.send([Draft(payload=b"second", due=NOW + 20), Draft(payload=b"first", due=NOW + 10)], NOW)
    assert received(plain, NOW + 60) == ["first", "second"]


def test_message_due_in_the_past_is_ready_at_once(plain: Queue):
    plain.send([Draft(payload=b"a", due=NOW - 1)], NOW)
    assert received(plain, NOW) == ["a"]


def test_cancelled_message_never_comes(plain: Queue):
    (number,) = plain.send([Draft(payload=b"a", due=NOW + 30)], NOW)
    plain.cancel([number], NOW)
    assert plain.receive(NOW + 60) is None
    with pytest.raises(MessageNotFound, match="no scheduled message"):
        plain.cancel([number], NOW)


def test_cancelling_is_all_or_nothing(plain: Queue):
    (number,) = plain.send([Draft(payload=b"a", due=NOW + 30)], NOW)
    with pytest.raises(MessageNotFound):
        plain.cancel([number, number + 1], NOW)
    assert received(plain, NOW + 30) == ["a"]


@pytest.mark.parametrize("second_due", [None, NOW + 60], ids=["ready", "scheduled"])
@pytest.mark.parametrize("first_due", [None, NOW + 60], ids=["after ready", "after scheduled"])
def test_second_send_of_an_id_is_dropped_in_silence(
    broker: Broker, first_due: float | None, second_due: float | None
):
    queue = broker.queue("unique")
    queue.send([Draft(payload=b"a", message_id="id", session_id="s", due=first_due)], NOW)
    queue.send([Draft(payload=b"b", message_id="id", session_id="t", due=second_due)], NOW + 1)
    assert received(queue, NOW + 120) == ["a"]


def test_id_counts_again_after_the_window(broker: Broker):
    queue = broker.queue("unique")
    for sent_at in (NOW, NOW + WINDOW - 1, NOW + WINDOW):
        queue.send([Draft(payload=str(sent_at).encode(), message_id="id")], sent_at)
    assert received(queue, NOW + WINDOW) == [str(NOW), str(NOW + WINDOW)]


def test_completed_message_is_still_a_duplicate_to_others(broker: Broker):
    queue = broker.queue("unique")
    queue.send([Draft(payload=b"a", message_id="id")], NOW)
    queue.complete(lock_one(queue).token, NOW)
    queue.send([Draft(payload=b"a", message_id="id")], NOW + 1)
    assert queue.receive(NOW + 1) is None


def test_batch_without_a_session_id_stores_nothing(lanes: Queue):
    batch = list(chain(drafts("a", session="s"), drafts("b")))
    with pytest.raises(NotAllowed, match="set a session id"):
        lanes.send(batch, NOW)
    assert lanes.peek(0, 10, None, NOW) == []


def test_session_is_exclusive_until_released(lanes: Queue):
    lanes.accept_session("s", "me", NOW)
    with pytest.raises(SessionCannotBeLocked, match="held by another receiver"):
        lanes.accept_session("s", "you", NOW)
    lanes.release_session("s", "me", NOW)
    assert lanes.accept_session("s", "you", NOW) == "s"


def test_session_messages_go_to_its_holder_alone(lanes: Queue):
    lanes.send(drafts("a", session="s"), NOW)
    lanes.accept_session("s", "me", NOW)
    with pytest.raises(SessionLockLost, match="not held by this receiver"):
        lanes.receive(NOW, session="s", holder="you")
    assert received(lanes, NOW, "s", "me") == ["a"]


def test_next_available_session_is_the_longest_waiting_free_one(lanes: Queue):
    for session in ("held", "first", "second"):
        lanes.send(drafts(session, session=session), NOW)
    lanes.accept_session("held", "me", NOW)
    assert lanes.accept_session(None, "you", NOW) == "first"
    assert lanes.accept_session(None, "he", NOW) == "second"
    assert lanes.accept_session(None, "she", NOW) is None


def test_released_session_returns_its_messages_in_order_uncounted(lanes: Queue):
    lanes.send(drafts("a", "b", session="s"), NOW)
    lanes.accept_session("s", "me", NOW)
    assert received(lanes, NOW, "s") == ["a", "b"]
    lanes.release_session("s", "me", NOW)
    lanes.accept_session("s", "you", NOW)
    lock = lanes.receive(NOW, session="s", holder="you")
    assert lock is not None
    assert (lock.message.payload, lock.message.delivery_count) == (b"a", 0)


def test_expired_session_lock_returns_its_messages_counted(lanes: Queue):
    lanes.send(drafts("a", session="s"), NOW)
    lanes.accept_session("s", "me", NOW)
    lost = lanes.receive(NOW, session="s", holder="me")
    assert lost is not None
    assert lanes.accept_session(None, "you", NOW + LOCK) == "s"
    with pytest.raises(SessionLockLost):
        lanes.complete(lost.token, NOW + LOCK)
    lock = lanes.receive(NOW + LOCK, session="s", holder="you")
    assert lock is not None
    assert lock.message.delivery_count == 1


def test_session_renewal_keeps_its_messages_locked(lanes: Queue):
    lanes.send(drafts("a", session="s"), NOW)
    lanes.accept_session("s", "me", NOW)
    lock = lanes.receive(NOW, session="s", holder="me")
    assert lock is not None
    assert lanes.sessions_at(NOW + 50).renew("s", "me", NOW + 50) == NOW + 50 + LOCK
    lanes.complete(lock.token, NOW + 50 + LOCK - 1)


def test_session_state_is_kept_for_the_next_holder(lanes: Queue):
    lanes.accept_session("s", "me", NOW)
    lanes.sessions_at(NOW).set_state("s", "me", b"half way")
    lanes.release_session("s", "me", NOW)
    lanes.accept_session("s", "you", NOW)
    assert lanes.sessions_at(NOW).state("s", "you") == b"half way"
    with pytest.raises(SessionLockLost):
        lanes.sessions_at(NOW).state("s", "me")


def test_deferred_message_of_another_session_is_not_found(lanes: Queue):
    (number,) = lanes.send(drafts("a", session="s"), NOW)
    for session in ("s", "t"):
        lanes.accept_session(session, "me", NOW)
    lock = lanes.receive(NOW, session="s", holder="me")
    assert lock is not None
    lanes.defer(lock.token, NOW)
    with pytest.raises(MessageNotFound, match="of another session"):
        lanes.receive_deferred([number], NOW, session="t", holder="me")


def test_peek_shows_every_state_from_a_number_on(plain: Queue):
    first, second, third = plain.send(
        [*drafts("deferred", "locked"), Draft(payload=b"scheduled", due=NOW + 30)], NOW
    )
    plain.defer(lock_one(plain).token, NOW)
    lock_one(plain)
    assert [m.payload for m in plain.peek(0, 10, None, NOW)] == [
        b"deferred",
        b"locked",
        b"scheduled",
    ]
    assert [m.sequence for m in plain.peek(second, 1, None, NOW)] == [second]
    assert [int(m.state) for m in plain.peek(0, 10, None, NOW)] == [1, 0, 2]
    assert (first, third) == (second - 1, second + 1)


def test_restart_keeps_messages_and_releases_locks(tmp_path: Path):
    first = Store(tmp_path / "broker.sqlite3")
    queue = Broker([PLAIN], first).queue("plain")
    numbers = queue.send([*drafts("locked", "kept"), Draft(payload=b"later", due=NOW + 30)], NOW)
    lock_one(queue)
    first.close()
    second = Store(tmp_path / "broker.sqlite3")
    queue = Broker([PLAIN], second).queue("plain")
    assert received(queue, NOW) == ["locked", "kept"]
    assert received(queue, NOW + 30) == ["later"]
    assert queue.send(drafts("new"), NOW + 31)[0] > max(numbers)
    second.close()


def test_restart_keeps_ids_states_counts_and_dead_letters(tmp_path: Path):
    first = Store(tmp_path / "broker.sqlite3")
    broker = Broker([PLAIN, LANES, UNIQUE], first)
    broker.queue("unique").send([Draft(payload=b"a", message_id="id")], NOW)
    broker.queue("lanes").accept_session("s", "me", NOW)
    broker.queue("lanes").sessions_at(NOW).set_state("s", "me", b"state")
    plain = broker.queue("plain")
    plain.send(drafts("buried", "counted"), NOW)
    plain.dead_letter(lock_one(plain).token, NOW, "why", "because")
    plain.abandon(lock_one(plain).token, NOW)
    first.close()

    second = Store(tmp_path / "broker.sqlite3")
    broker = Broker([PLAIN, LANES, UNIQUE], second)
    broker.queue("unique").send([Draft(payload=b"b", message_id="id")], NOW + 1)
    assert received(broker.queue("unique"), NOW + 1) == ["a"]
    broker.queue("lanes").accept_session("s", "you", NOW)
    assert broker.queue("lanes").sessions_at(NOW).state("s", "you") == b"state"
    assert lock_one(broker.queue("plain")).message.delivery_count == 1
    assert lock_one(broker.queue("plain/$deadletterqueue")).message.dead_letter_reason == "why"
    second.close()
