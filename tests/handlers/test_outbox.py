"""A webhook is durable before it is tried, keeps its id at every try, and is not tried for ever."""

import json
from datetime import timedelta

from decisions.actions import DeliverWebhook, Notify
from decisions.codec import decode_work
from decisions.errors import Rejected, Transient
from handlers.outbox import deliver, tell
from tests.handlers.ports import MemoryPorts

NEWS = Notify(model="digits", kind="model.registered", about="2", data={"version": "2"})


def told() -> tuple[MemoryPorts, DeliverWebhook]:
    ports = MemoryPorts()
    tell(NEWS, ports)
    (work,) = ports.work()
    assert isinstance(work, DeliverWebhook)
    return ports, work


def next_try(ports: MemoryPorts, tried: DeliverWebhook) -> tuple[DeliverWebhook, timedelta]:
    """The try that follows, and how long it waits."""
    for message in ports.messages.waiting.values():
        work = decode_work(message.body)
        if isinstance(work, DeliverWebhook) and work.ordinal == tried.ordinal + 1:
            return work, message.at - ports.time
    raise AssertionError(f"nothing follows {tried}")


def test_delivery_is_stored_before_it_is_tried():
    ports, work = told()
    stored = ports.deliveries.find("digits", work.delivery)
    assert stored is not None
    assert (stored.tries, stored.done) == (0, False)
    assert ports.webhooks.received == []


def test_telling_twice_is_telling_once():
    ports, _ = told()
    ports.messages.forget()
    tell(NEWS, ports)
    assert len(ports.deliveries.list("digits")) == 1
    assert len(ports.publisher.published) == 1


def test_body_is_a_standard_webhook():
    ports, work = told()
    deliver(work, ports)
    assert json.loads(ports.webhooks.received[0].body) == {
        "type": "model.registered",
        "timestamp": "2026-11-21T08:00:03+00:00",
        "data": {"model": "digits", "version": "2"},
    }


def test_failed_delivery_is_tried_at_the_standards_times_under_one_id():
    ports, work = told()
    waits = []
    for _ in range(9):
        ports.webhooks.failures.append(Transient("500"))
        deliver(work, ports)
        work, wait = next_try(ports, work)
        waits.append(wait.total_seconds())
    deliver(work, ports)
    assert waits == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert {one.id for one in ports.webhooks.received} == {work.delivery}


def test_delivery_ends_after_its_last_try():
    ports, work = told()
    for _ in range(9):
        ports.webhooks.failures.append(Transient("500"))
        deliver(work, ports)
        work, _ = next_try(ports, work)
    ports.webhooks.failures.append(Transient("500"))
    deliver(work, ports)
    stored = ports.deliveries.find("digits", work.delivery)
    assert stored is not None
    assert stored.outcome == "given up after 10 tries: 500"


def test_longer_wait_that_was_asked_for_is_respected():
    ports, work = told()
    ports.webhooks.failures.append(Transient("503", timedelta(minutes=2)))
    deliver(work, ports)
    assert next_try(ports, work)[1] == timedelta(minutes=2)


def test_subscriber_that_is_gone_is_not_tried_again():
    ports, work = told()
    ports.webhooks.failures.append(Rejected("410 Gone"))
    deliver(work, ports)
    deliver(work, ports)
    stored = ports.deliveries.find("digits", work.delivery)
    assert stored is not None
    assert (stored.done, stored.outcome) == (True, "given up: 410 Gone")
    assert ports.webhooks.received == []


def test_delivered_once_is_not_sent_again():
    ports, work = told()
    deliver(work, ports)
    deliver(work, ports)
    assert len(ports.webhooks.received) == 1
