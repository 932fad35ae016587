"""Links that ask for a session: the named one, or the next that is free and has a message.

The attach is answered only when there is a session: so Service Bus lets a client wait for the next
available one, and the answer's filter tells which it became. When the client's time is over the
link is detached with `com.microsoft:timeout`; a client that hears nothing would wait for ever.
"""

from collections.abc import Callable, Hashable
from typing import Any

from proton import Sender, symbol

from local.servicebus.amqp.hub import Hub
from local.servicebus.amqp.links import open_link, refuse
from local.servicebus.errors import BrokerError, NoSessionAvailable
from local.servicebus.queue import Queue

_FILTER = symbol("com.microsoft:session-filter")
_TIMEOUT = symbol("com.microsoft:timeout")  # Milliseconds, a property of the link.
_DEFAULT_SECONDS = 60.0
_EPOCH_TICKS, _TICKS_A_SECOND = 621_355_968_000_000_000, 10_000_000  # How .NET counts time.


def asks_for_session(link: Sender) -> bool:
    """Whether the client's source carries a session filter, be it null."""
    return _FILTER in _filters(link)


class Acceptance:
    """Waits for a session and hands it to `accepted`; the link is then open."""

    def __init__(
        self,
        link: Sender,
        queue: Queue,
        hub: Hub,
        holder: Hashable,
        accepted: Callable[[str], None],
    ) -> None:
        self._link = link
        self._queue = queue
        self._hub = hub
        self._holder = holder
        self._accepted = accepted
        self._wanted = _filters(link).get(_FILTER)
        self.deadline: float = hub.clock() + _patience(link)
        hub.add(self)

    def offer(self, now: float) -> None:
        """Take the session if it can be had; give up when the time is over."""
        try:
            session = self._queue.accept_session(self._wanted, self._holder, now)
            if session is None and now >= self.deadline:
                raise NoSessionAvailable(f"no session of {self._queue.name} had a message in time")
        except BrokerError as error:
            self._hub.discard(self)
            refuse(self._link, error)
        else:
            if session is not None:
                self._open(session, now)

    def on_delivery(self, _: object) -> None:
        """Nothing is delivered on a link that is not open."""

    def closed(self) -> None:
        """Stop waiting."""
        self._hub.discard(self)

    def _open(self, session: str, now: float) -> None:
        self._hub.discard(self)
        until = self._queue.sessions_at(now).until(session)
        ticks = _EPOCH_TICKS + int(until * _TICKS_A_SECOND)
        open_link(
            self._link,
            filters={_FILTER: session},
            properties={symbol("com.microsoft:locked-until-utc"): ticks},
        )
        self._accepted(session)


def _filters(link: Sender) -> dict[Any, Any]:
    data = link.remote_source.filter
    data.rewind()
    filters = data.get_object() if data.next() is not None else None
    return filters if isinstance(filters, dict) else {}


def _patience(link: Sender) -> float:
    asked = (link.remote_properties or {}).get(_TIMEOUT)
    return asked / 1000 if isinstance(asked, int) else _DEFAULT_SECONDS
