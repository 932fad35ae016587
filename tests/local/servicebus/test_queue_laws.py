"""Laws of a queue, under any order of operations, passing time and restarts.

No message is lost; none is in two hands under valid locks; a session gives its messages in order.
The model beside the queue knows only what was sent and what was finished.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from local.servicebus.broker import Broker
from local.servicebus.errors import BrokerError, SessionCannotBeLocked
from local.servicebus.messages import Draft, Lock, MessageState
from local.servicebus.queue import Queue
from local.servicebus.settings import QueueProperties, QueueSettings
from local.servicebus.store import Store

LOCK = 60.0
SESSIONS = st.sampled_from(["s", "t"])
HOLDERS = st.sampled_from(["me", "you"])


class QueueLaws(RuleBasedStateMachine):
    locks = Bundle("locks")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = 1_700_000_000.0
        self.sent = 0
        self.open: set[bytes] = set()  # Payloads that were sent and not finished.
        self.held: dict[bytes, tuple[Lock, float]] = {}  # Payload to its lock and the lock's end.

    @initialize(requires_session=st.booleans())
    def start(self, requires_session: bool) -> None:
        self.requires_session = requires_session
        properties = QueueProperties(requires_session=requires_session, max_delivery_count=3)
        self.settings = [QueueSettings("q", properties)]
        self.boot()

    def boot(self) -> None:
        self.store = Store(Path(self.folder.name) / "store.sqlite3")
        self.broker = Broker(self.settings, self.store)
        self.queue = self.broker.queue("q")
        self.grave = self.broker.queue("q/$deadletterqueue")

    def teardown(self) -> None:
        try:
            self.everything_left_can_be_received()
        finally:
            self.store.close()
            self.folder.cleanup()

    def everything_left_can_be_received(self) -> None:
        self.now += 1000
        found = [*self.drain(self.queue), *self.drain(self.grave)]
        assert sorted(found) == sorted(self.open), "a message is stuck"

    def drain(self, queue: Queue) -> Iterator[bytes]:
        lanes: list[str | None] = ["s", "t"] if queue.requires_session else [None]
        for lane in lanes:
            if lane is not None:
                queue.accept_session(lane, "last", self.now)
            while lock := queue.receive(self.now, session=lane, holder="last"):
                yield lock.message.payload
        for message in queue.peek(0, 1000, None, self.now):
            if message.state is MessageState.DEFERRED:
                lane = message.session_id if queue.requires_session else None
                queue.receive_deferred([message.sequence], self.now, session=lane, holder="last")
                yield message.payload

    @rule(session=SESSIONS, delay=st.sampled_from([None, 10.0, 100.0]))
    def send(self, session: str, delay: float | None) -> None:
        self.sent += 1
        payload = f"{session}{self.sent}".encode()
        due = None if delay is None else self.now + delay
        self.queue.send([Draft(payload=payload, session_id=session, due=due)], self.now)
        self.open.add(payload)

    @rule(session=st.one_of(st.none(), SESSIONS), holder=HOLDERS)
    def accept(self, session: str | None, holder: str) -> None:
        if self.requires_session:
            try:
                self.queue.accept_session(session, holder, self.now)
            except SessionCannotBeLocked:
                assert session in self.queue.sessions_at(self.now)

    @rule(session=SESSIONS, holder=HOLDERS)
    def let_go(self, session: str, holder: str) -> None:
        try:
            self.queue.release_session(session, holder, self.now)
        except BrokerError:
            return
        self.forget_locks(session)

    @rule(session=SESSIONS, holder=HOLDERS)
    def renew_session(self, session: str, holder: str) -> None:
        try:
            until = self.queue.sessions_at(self.now).renew(session, holder, self.now)
        except BrokerError:
            return
        for payload, (lock, _) in self.held.items():
            if lock.session == session:
                self.held[payload] = (lock, until)

    @rule(target=locks, session=SESSIONS, holder=HOLDERS)
    def receive(self, session: str, holder: str) -> Lock | None:
        lane = session if self.requires_session else None
        try:
            lock = self.queue.receive(self.now, session=lane, holder=holder)
        except BrokerError:
            return None
        if lock is not None:
            self.check_first_in_first_out(lock)
            self.hold(lock)
        return lock

    @rule(lock=consumes(locks), how=st.sampled_from(["complete", "abandon", "release", "defer"]))
    def settle(self, lock: Lock | None, how: str) -> None:
        if lock is None:
            return
        valid = self.is_held(lock)
        try:
            getattr(self.queue, how)(lock.token, self.now)
        except BrokerError:
            assert not valid, "a held lock was refused"
            return
        assert valid, "a lost lock was honoured"
        del self.held[lock.message.payload]
        if how == "complete":
            self.open.remove(lock.message.payload)

    @rule(target=locks, holder=HOLDERS)
    def receive_deferred(self, holder: str) -> Lock | None:
        for message in self.queue.peek(0, 100, None, self.now):
            lane = message.session_id if self.requires_session else None
            try:
                (lock,) = self.queue.receive_deferred(
                    [message.sequence], self.now, session=lane, holder=holder
                )
            except BrokerError:
                continue
            self.hold(lock)
            return lock
        return None

    @rule(lock=locks)
    def renew(self, lock: Lock | None) -> None:
        if lock is None or self.requires_session:
            return
        try:
            until = self.queue.renew(lock.token, self.now)
        except BrokerError:
            assert not self.is_held(lock)
            return
        self.held[lock.message.payload] = (lock, until)

    @rule(seconds=st.sampled_from([1.0, 30.0, 59.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.held = {
            payload: (lock, until)
            for payload, (lock, until) in self.held.items()
            if until > self.now
        }

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.held.clear()
        self.boot()

    @invariant()
    def no_message_is_lost_or_doubled(self) -> None:
        kept = [
            message.payload
            for queue in (self.queue, self.grave)
            for message in queue.peek(0, 1000, None, self.now)
        ]
        assert sorted(kept) == sorted(self.open)

    def hold(self, lock: Lock) -> None:
        assert lock.message.payload not in self.held, "two receivers hold one message"
        self.held[lock.message.payload] = (lock, lock.until)

    def is_held(self, lock: Lock) -> bool:
        held = self.held.get(lock.message.payload)
        return held is not None and held[0] is lock

    def check_first_in_first_out(self, lock: Lock) -> None:
        if self.requires_session:
            earlier = [
                message.payload
                for message in self.queue.peek(0, 1000, lock.session, self.now)
                if message.sequence < lock.message.sequence and not message.state
            ]
            assert all(payload in self.held for payload in earlier), "a session was overtaken"

    def forget_locks(self, session: str) -> None:
        self.held = {
            payload: (lock, until)
            for payload, (lock, until) in self.held.items()
            if lock.session != session
        }


def test_no_order_of_operations_loses_doubles_or_overtakes():
    run_state_machine_as_test(
        QueueLaws, settings=settings(max_examples=100, stateful_step_count=40, deadline=None)
    )
