"""Port `Webhooks`: the subscribers of the configuration, told by signed requests."""

import ssl
from collections.abc import Iterable, Sequence
from datetime import datetime

from adapters.retry_after import retry_after
from adapters.webhooks import signature
from adapters.webhooks.subscribers import Subscriber
from adapters.webhooks.transport import Answer, Transport
from decisions.errors import Rejected, Transient
from decisions.ports import Delivery


class SignedWebhooks:
    """Port `Webhooks`; `tls` replaces the system's trusted authorities by others.

    A receiver has `timeout` seconds to answer.
    """

    def __init__(
        self,
        subscribers: Iterable[Subscriber],
        tls: ssl.SSLContext | None = None,
        timeout: float = 15.0,
    ) -> None:
        self._subscribers = {one.name: one for one in subscribers}
        self._transport = Transport(tls or ssl.create_default_context(), timeout)

    def subscribers(self, kind: str) -> Sequence[str]:
        """The names of those who want to hear of this kind."""
        return [one.name for one in self._subscribers.values() if one.wants(kind)]

    def post(self, delivery: Delivery, now: datetime) -> None:
        """Sign and send once. Raises Transient to try again, Rejected to stop."""
        subscriber = self._subscribers.get(delivery.subscriber)
        if subscriber is None:
            raise Rejected(
                f"{delivery.subscriber} is no longer among the configured subscribers",
                "unknown_subscriber",
            )
        try:
            _judge(self._send(subscriber, delivery, now))
        except Transient as error:
            raise Transient(f"{subscriber.name}: {error}", error.retry_after) from error
        except Rejected as error:
            raise Rejected(f"{subscriber.name}: {error}", error.code) from error

    def _send(self, subscriber: Subscriber, delivery: Delivery, now: datetime) -> Answer:
        body = delivery.body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "ratchet",
            **signature.headers(subscriber.keys(), delivery.id, now, body),
        }
        return self._transport.post(
            subscriber.place, headers, body, private=subscriber.private_network
        )


def _judge(answer: Answer) -> None:
    """Only 2xx is success; a redirect is a failure, and 410 ends it for good."""
    if 200 <= answer.status < 300:
        return
    if answer.status == 410:
        raise Rejected("its receiver wants no more webhooks (410)", "gone")
    raise Transient(f"its receiver answered {answer.status}", retry_after(answer.headers))
