"""People are told: every webhook is durable before it is tried, with one id at every try."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from decisions import delays, names
from decisions.actions import DeliverWebhook, Notify
from decisions.errors import Rejected, Transient
from decisions.ports import Delivery, Ports


def tell(notice: Notify, ports: Ports) -> None:
    """Store one delivery a subscriber, have each tried, and publish the news on the topic."""
    now = ports.now()
    for subscriber in ports.webhooks.subscribers(notice.kind):
        delivery = _delivery(notice, subscriber, now)
        ports.deliveries.open(delivery)
        ports.messages.work(DeliverWebhook(model=notice.model, delivery=delivery.id))
    identifier = names.webhook_id(notice.model, notice.kind, notice.about, "topic")
    ports.publisher.publish(identifier, notice.model, notice.kind, notice.data)


def deliver(work: DeliverWebhook, ports: Ports) -> None:
    """Try a stored delivery once; if it fails, it is tried again later under the same id."""
    delivery = ports.deliveries.find(work.model, work.delivery)
    if delivery is None or delivery.done or delivery.tries > work.ordinal:
        return
    tried = replace(delivery, tries=work.ordinal + 1)
    try:
        ports.webhooks.post(delivery, ports.now())
    except Transient as error:
        _try_later(tried, error, ports)
    except Rejected as error:
        ports.deliveries.record(replace(tried, done=True, outcome=f"given up: {error}"))
    else:
        ports.deliveries.record(replace(tried, done=True, outcome="delivered"))


def _try_later(tried: Delivery, error: Transient, ports: Ports) -> None:
    wait = delays.webhook(tried.tries, error.retry_after)
    if wait is None:
        outcome = f"given up after {tried.tries} tries: {error}"
        ports.deliveries.record(replace(tried, done=True, outcome=outcome))
        return
    again = DeliverWebhook(model=tried.model, delivery=tried.id, ordinal=tried.tries)
    ports.messages.work(again, ports.now() + wait)
    ports.deliveries.record(replace(tried, outcome=str(error)))


def _delivery(notice: Notify, subscriber: str, now: datetime) -> Delivery:
    data = {"model": notice.model, **notice.data}
    body = {"type": notice.kind, "timestamp": now.isoformat(), "data": data}
    return Delivery(
        id=names.webhook_id(notice.model, notice.kind, notice.about, subscriber),
        model=notice.model,
        subscriber=subscriber,
        kind=notice.kind,
        body=msgspec.json.encode(body).decode(),
        created=now,
    )
