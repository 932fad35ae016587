"""The links of one connection and the nodes that they reach, by the address attached to.

`$cbs` is open to everybody; a queue, its dead letters and its management node want a token first.
Addresses come bare or as a URI (`amqps://host:port/queue`), as clients please.
"""

from collections.abc import Hashable
from functools import partial
from urllib.parse import urlsplit

from proton import Delivery, Link, Receiver, Sender, Session

from local.servicebus.amqp.acceptance import Acceptance, asks_for_session
from local.servicebus.amqp.cbs import token_handler
from local.servicebus.amqp.hub import Hub
from local.servicebus.amqp.inlet import Inlet, into_queue
from local.servicebus.amqp.links import Node, open_link, refuse
from local.servicebus.amqp.management import management_handler
from local.servicebus.amqp.outlet import Outlet
from local.servicebus.amqp.replies import Replies
from local.servicebus.amqp.requests import CBS, MANAGEMENT, Handler, Vocabulary, answer
from local.servicebus.errors import BrokerError, NotAllowed, Unauthorized
from local.servicebus.queue import Queue

_CBS = "$cbs"
_MANAGEMENT = "/$management"


class Directory:
    """Finds a node for every link that opens, and tells it what happens on the link."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._number = next(hub.numbers)
        self._authorised = False
        self._nodes: dict[Link, Node] = {}
        self._replies: dict[str, Replies] = {}

    def attach(self, link: Receiver | Sender) -> None:
        """Give the link its node, or refuse it with the reason."""
        try:
            self._nodes[link] = self._node(link)
        except BrokerError as error:
            refuse(link, error)

    def deliver(self, link: Link, delivery: Delivery) -> None:
        """Tell the link's node; a refused link has none, and what still comes on it is dropped."""
        if link in self._nodes:
            self._nodes[link].on_delivery(delivery)

    def detach(self, link: Link) -> None:
        """The client let go of the link."""
        node = self._nodes.pop(link, None)
        if node is not None:
            node.closed()

    def end(self, session: Session) -> None:
        """The AMQP session is over, and its links with it."""
        for link in [link for link in self._nodes if link.session == session]:
            self.detach(link)

    def close(self) -> None:
        """The connection is gone, and all its links with it."""
        for link in tuple(self._nodes):
            self.detach(link)

    def _node(self, link: Receiver | Sender) -> Node:
        terminus = link.remote_target if link.is_receiver else link.remote_source
        path = _path(terminus.address or "")
        if path == _CBS:
            return self._desk(link, path, token_handler(self._hub.clock, self._authorise), CBS)
        if not self._authorised:
            raise Unauthorized(f"put a token to {_CBS} before attaching to {path!r}")
        if path.endswith(_MANAGEMENT):
            queue = self._hub.broker.queue(path.removesuffix(_MANAGEMENT))
            handler = management_handler(queue, self._hub.clock, self._holder)
            return self._desk(link, path, handler, MANAGEMENT)
        queue = self._hub.broker.queue(path)
        return self._inlet(link, queue) if isinstance(link, Receiver) else self._outlet(link, queue)

    def _desk(
        self, link: Receiver | Sender, path: str, handler: Handler, words: Vocabulary
    ) -> Node:
        """A node that answers requests: they come on one link, the responses go on another."""
        open_link(link)
        if isinstance(link, Receiver):
            return Inlet(link, partial(self._answer, path, handler, words))
        self._replies[path] = Replies(link)
        return self._replies[path]

    def _answer(self, path: str, handler: Handler, words: Vocabulary, request: bytes) -> None:
        if path not in self._replies:
            raise NotAllowed(f"attach a receiving link to {path} first, for the responses")
        self._replies[path].send(answer(request, handler, words))

    def _inlet(self, link: Receiver, queue: Queue) -> Node:
        open_link(link)
        return Inlet(link, into_queue(queue, self._hub))

    def _outlet(self, link: Sender, queue: Queue) -> Node:
        holder = self._holder(link.name)
        if asks_for_session(link):
            accepted = partial(self._accepted, link, queue, holder)
            return Acceptance(link, queue, self._hub, holder, accepted)
        if queue.requires_session:
            raise NotAllowed(f"{queue.name} requires sessions: receive from a session")
        open_link(link)
        return Outlet(link, queue, self._hub, holder)

    def _accepted(self, link: Sender, queue: Queue, holder: Hashable, session: str) -> None:
        self._nodes[link] = Outlet(link, queue, self._hub, holder, session)

    def _holder(self, link_name: object) -> Hashable:
        return (self._number, link_name)

    def _authorise(self) -> None:
        self._authorised = True


def _path(address: str) -> str:
    return (urlsplit(address).path if "://" in address else address).strip("/").lower()
