"""What every adapter of the port `Messages` keeps to, in memory and on Service Bus."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from azure.servicebus import ServiceBusClient

from decisions.actions import FreezeManifest
from decisions.codec import decode_event, decode_work
from decisions.events import DataArrived, LookDue
from decisions.ports import Parked
from tests.contracts.queues import MemoryQueues, Queues, ServiceBusQueues

T = TypeVar("T")


@pytest.fixture(params=["memory", "azure"])
def queues(request: pytest.FixtureRequest) -> Iterator[Queues]:
    if request.param == "memory":
        yield MemoryQueues()
        return
    bus: ServiceBusClient = request.getfixturevalue("bus")
    with closing(ServiceBusQueues(bus)) as open_queues:
        yield open_queues


def arrived(bucket: int = 10, model: str = "digits") -> DataArrived:
    return DataArrived(model=model, bucket=bucket)


def buckets(queues: Queues, model: str = "digits") -> list[int]:
    events = [decode_event(taken.body) for taken in queues.lane(model)]
    return [event.bucket for event in events if isinstance(event, DataArrived)]


def eventually(look: Callable[[], T]) -> T:
    """What was looked for, as soon as it is there."""
    deadline = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come"
    return found


def test_a_lane_message_is_its_event(queues: Queues):
    event = LookDue(model="digits", what="training", name="größer/1", ordinal=3)

    queues.port.lane(event)

    [taken] = queues.lane("digits")
    assert decode_event(taken.body) == event
    assert taken.retry == 0


def test_a_work_message_is_its_action(queues: Queues):
    queues.port.work(FreezeManifest(model="digits", attempt=2), retry=4)

    [taken] = queues.work()
    assert decode_work(taken.body) == FreezeManifest(model="digits", attempt=2)
    assert taken.retry == 4


def test_a_second_send_of_the_same_message_is_dropped(queues: Queues):
    for _ in range(3):
        queues.port.lane(arrived())
        queues.port.work(FreezeManifest(model="digits", attempt=1))

    assert buckets(queues) == [10]
    assert len(queues.work()) == 1


def test_a_message_that_was_taken_is_still_known(queues: Queues):
    queues.port.lane(arrived())
    assert buckets(queues) == [10]

    queues.port.lane(arrived())

    assert buckets(queues) == []


def test_a_raised_retry_is_another_message(queues: Queues):
    queues.port.lane(arrived())
    queues.port.lane(arrived(), retry=1)
    queues.port.lane(arrived(), retry=1)

    assert [taken.retry for taken in queues.lane("digits")] == [0, 1]


def test_the_same_cause_of_two_models_is_two_messages(queues: Queues):
    queues.port.lane(arrived(model="digits"))
    queues.port.lane(arrived(model="letters"))

    assert buckets(queues, "letters") == [10]
    assert buckets(queues, "digits") == [10]


def test_a_lane_keeps_its_order(queues: Queues):
    for bucket in (30, 10, 20, 50, 40):
        queues.port.lane(arrived(bucket))
        queues.port.lane(arrived(bucket, "letters"))

    assert buckets(queues) == [30, 10, 20, 50, 40]
    assert buckets(queues, "letters") == [30, 10, 20, 50, 40]


def test_a_message_for_later_waits(queues: Queues):
    queues.port.lane(arrived(10), datetime.now(UTC) + timedelta(hours=1))
    queues.port.work(
        FreezeManifest(model="digits", attempt=1), datetime.now(UTC) + timedelta(hours=1)
    )
    queues.port.lane(arrived(20))

    assert buckets(queues) == [20]
    assert queues.work() == []


def test_a_message_for_later_arrives_when_it_is_due(queues: Queues):
    queues.port.lane(arrived(), datetime.now(UTC) + timedelta(seconds=1))

    assert eventually(lambda: buckets(queues)) == [10]


def test_a_message_for_a_time_that_is_past_arrives(queues: Queues):
    queues.port.lane(arrived(), datetime.now(UTC) - timedelta(hours=1))

    assert buckets(queues) == [10]


def test_a_message_that_waits_is_not_sent_twice(queues: Queues):
    queues.port.lane(arrived(), datetime.now(UTC) + timedelta(hours=1))

    queues.port.lane(arrived())
    queues.port.lane(arrived(), datetime.now(UTC) + timedelta(seconds=-1))

    assert buckets(queues) == []


def test_a_parked_message_comes_back_whole(queues: Queues):
    parked = Parked(
        source="lanes",
        reason="Rejected: größer – no\nsecond line",
        body='{"event":"DataArrived"}',
        model="digits",
        trace="Traceback …\n",
        retry=3,
    )

    queues.port.park(parked)

    assert queues.parked() == [parked]


def test_what_fails_twice_is_parked_twice(queues: Queues):
    parked = Parked(source="events", reason="Rejected: malformed", body="{")

    queues.port.park(parked)
    queues.port.park(parked)

    assert queues.parked() == [parked, parked]


def test_messages_of_many_threads_arrive_once_each(queues: Queues):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: queues.port.lane(arrived(n % 50)), range(100)))

    assert sorted(buckets(queues)) == list(range(50))
