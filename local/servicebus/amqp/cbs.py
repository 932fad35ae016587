"""The node `$cbs`: a client puts a token, and its connection may from then on use the queues."""

from collections.abc import Callable

from local.servicebus.amqp import sas
from local.servicebus.amqp.requests import Handler, Request
from local.servicebus.errors import Malformed


def token_handler(clock: Callable[[], float], authorise: Callable[[], None]) -> Handler:
    """Answers `put-token`, and calls `authorise` when the token is good.

    Every token is good for all queues until the connection ends: the emulator has one key, and
    roles are a matter of Azure Resource Manager.
    """

    def handle(request: Request) -> tuple[int, object]:
        if request.properties.get("operation") != "put-token" or not isinstance(request.body, str):
            raise Malformed("$cbs answers only put-token with the token as a string")
        sas.check(request.body, clock())
        authorise()
        return 200, None

    return handle
