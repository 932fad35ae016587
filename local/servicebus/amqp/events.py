"""Proton's events of one connection, told to its links; what has no rule here gets none."""

import logging
from typing import Any

from proton import Handler

from local.servicebus.amqp.directory import Directory

_log = logging.getLogger(__name__)


class Events(Handler):
    """Answers what opens and closes; the rest is the links' business.

    The events are untyped: Proton declares every part of every event optional.
    """

    def __init__(self, links: Directory) -> None:
        self._links = links

    def on_connection_remote_open(self, event: Any) -> None:
        """Answer the client's open."""
        event.connection.container = "ratchet-local-servicebus"
        event.connection.open()

    def on_session_remote_open(self, event: Any) -> None:
        """Answer the client's begin."""
        event.session.open()

    def on_link_remote_open(self, event: Any) -> None:
        """The client attaches."""
        self._links.attach(event.link)

    def on_delivery(self, event: Any) -> None:
        """A message came, or was settled by the client."""
        self._links.deliver(event.link, event.delivery)

    def on_link_remote_close(self, event: Any) -> None:
        """The client detaches for good."""
        self._links.detach(event.link)
        event.link.close()
        event.link.free()

    def on_link_remote_detach(self, event: Any) -> None:
        """A detach for a while; links are not resumed here, so it is for good."""
        self.on_link_remote_close(event)

    def on_session_remote_close(self, event: Any) -> None:
        """The client ends the AMQP session, and with it its links."""
        self._links.end(event.session)
        event.session.close()

    def on_connection_remote_close(self, event: Any) -> None:
        """The client closes in good order."""
        self._links.close()
        event.connection.close()

    def on_transport_error(self, event: Any) -> None:
        """What came is not AMQP; the engine says so to the client and ends.

        No warning: `azure-servicebus` detaches links after it has ended their session, so this
        stands at the end of most connections.
        """
        _log.debug("a client was disconnected: %s", event.transport.condition)
