"""Opening and refusing links, as every node of the front does it."""

from typing import Any, Protocol

from proton import Condition, Delivery, Link, Terminus, int32, symbol

from local.servicebus.errors import BrokerError

# What the Standard tier takes, the lowest that has sessions and duplicate detection. Source:
# learn.microsoft.com, "Service Bus quotas".
MAX_MESSAGE_BYTES = 256 * 1024


class Node(Protocol):
    """What stands at the broker's end of a link."""

    def on_delivery(self, delivery: Delivery, /) -> None:
        """Something came in on the link, or the client settled what went out."""

    def closed(self) -> None:
        """The link is gone, for whatever reason."""


def open_link(
    link: Link,
    *,
    filters: dict[Any, Any] | None = None,
    properties: dict[Any, Any] | None = None,
) -> None:
    """Attach the broker's end with the addresses and modes that the client asked for."""
    link.source.copy(link.remote_source)
    link.target.copy(link.remote_target)
    if filters is not None:
        link.source.filter.clear()
        link.source.filter.put_object(filters)
    link.snd_settle_mode = link.remote_snd_settle_mode
    link.rcv_settle_mode = link.remote_rcv_settle_mode
    link.max_message_size = MAX_MESSAGE_BYTES
    link.properties = properties
    link.open()


def condition(error: BrokerError) -> Condition:
    """The error as AMQP carries it.

    Its map of further information is never empty, for Proton would leave it out, and
    `azure-servicebus` reads it without asking whether it is there.
    """
    return Condition(error.condition, str(error), {symbol("status"): int32(error.status)})


def refuse(link: Link, error: BrokerError) -> None:
    """Detach with the reason. A link not yet open is first attached, with no terminus named.

    Source: AMQP 1.0, part 2.6.3.
    """
    link.condition = condition(error)
    if link.state & Link.LOCAL_UNINIT:
        link.source.type = link.target.type = Terminus.UNSPECIFIED
        link.open()
    link.close()
