"""Links on which responses go to the client."""

import itertools

from proton import Delivery, Sender


class Replies:
    """Sends responses settled: whether they arrive is the client's concern, it can ask again."""

    def __init__(self, link: Sender) -> None:
        self._link = link
        self._tags = itertools.count()

    def send(self, response: bytes) -> None:
        """Queue an encoded response; it waits in the engine while the client gives no credit."""
        delivery = self._link.delivery(str(next(self._tags)))
        self._link.stream(response)
        self._link.advance()
        delivery.settle()

    def on_delivery(self, _: Delivery) -> None:
        """A settled delivery brings nothing back."""

    def closed(self) -> None:
        """Responses to come are lost with the link."""
