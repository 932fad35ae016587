"""What is done with a message: complete it on return, abandon it on an error, nothing more."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from local.functions.indexing import Function
from local.functions.invocation import Invoker
from local.functions.servicebus.renewal import kept_locked
from local.functions.triggers.servicebus import message_data

_log = logging.getLogger("host.servicebus")


@dataclass(frozen=True, slots=True)
class Work:
    """The function that messages go to, and how long their locks are renewed for it."""

    function: Function
    invoker: Invoker
    longest_renewal: float
    completes: bool

    async def do(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        """Invoke the function and settle the message. Raises what the settlement raises."""
        async with kept_locked(receiver, message, self.longest_renewal):
            succeeded = await self._invoke(message)
        if not succeeded:
            await receiver.abandon_message(message)
        elif self.completes:
            await receiver.complete_message(message)

    async def _invoke(self, message: ServiceBusReceivedMessage) -> bool:
        try:
            data, metadata = message_data(message)
        except ValueError:
            _log.exception("%s cannot be invoked", self.function.name)
            return False
        return (await self.invoker.invoke(self.function, data, metadata)).error is None


async def close(receiver: ServiceBusReceiver) -> None:
    """Close the receiver, even one whose connection is broken."""
    with suppress(Exception):
        await receiver.close()
