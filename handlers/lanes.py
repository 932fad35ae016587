"""What a queue hands over: a message is answered, tried again later, or set aside with the reason.

The host can only complete a message or, when the function raises, give it back at once. So
expected trouble, a lost race among it, completes the message after sending it anew for later; only
the unexpected gives it back, and on the last delivery the message is parked with its traceback.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from decisions import delays
from decisions.actions import AnyWork, Work
from decisions.codec import decode_event, decode_work
from decisions.errors import Conflict, Rejected, Transient
from decisions.events import ActionFailed, AnyEvent
from decisions.ports import Ports
from handlers import parking
from handlers.step import step
from handlers.work import work

_MOST_RETRIES = 300

Item = TypeVar("Item", AnyEvent, AnyWork)


class Received(Struct, frozen=True, kw_only=True):
    """A message as the host hands it over; `delivery` counts this one, `last` is the limit."""

    queue: str
    body: bytes
    delivery: int = 1
    last: int = 10
    retry: int = 0


def take_step(message: Received, ports: Ports) -> None:
    """Answer a lane message. Raises to have it delivered again."""
    event = _read(message, decode_event, ports)
    if event is not None:
        _answer(message, event, step, ports.messages.lane, ports)


def take_work(message: Received, ports: Ports) -> None:
    """Do a work message; given up, it comes back to its lane as `ActionFailed`."""
    item = _read(message, decode_work, ports)
    if item is not None:
        _answer(message, item, work, ports.messages.work, ports)


def _read(message: Received, decode: Callable[[bytes], Item], ports: Ports) -> Item | None:
    try:
        item = decode(message.body)
    except Rejected as error:
        _park(message, error, ports)
        return None
    if item.model in ports.policies:
        return item
    unknown = Rejected(f"no model {item.model!r} is configured in ratchet.yaml", "unknown")
    _park(message, unknown, ports, item.model)
    return None


def _answer(
    message: Received,
    item: Item,
    answer: Callable[[Item, Ports], None],
    send: Callable[[Item, datetime, int], None],
    ports: Ports,
) -> None:
    try:
        answer(item, ports)
    except (Transient, Conflict) as error:
        retry = message.retry + 1
        if retry > _MOST_RETRIES:
            _give_up(message, item, error, ports)
            return
        asked = error.retry_after if isinstance(error, Transient) else None
        send(item, ports.now() + delays.retry(retry, asked), retry)
    except Exception as error:
        if not isinstance(error, Rejected) and message.delivery < message.last:
            raise
        _give_up(message, item, error, ports)


def _give_up(message: Received, item: AnyEvent | AnyWork, error: Exception, ports: Ports) -> None:
    _park(message, error, ports, item.model)
    if isinstance(item, Work):
        reason = parking.named(error)
        ports.messages.lane(
            ActionFailed(model=item.model, action=type(item).__name__, key=item.key, reason=reason)
        )


def _park(message: Received, error: Exception, ports: Ports, model: str | None = None) -> None:
    ports.messages.park(
        parking.parked(
            error,
            parking.named(error),
            source=message.queue,
            body=message.body.decode(errors="replace"),
            model=model,
            retry=message.retry,
        )
    )
