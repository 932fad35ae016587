"""Looking at given-up messages, and sending them again. For people, at the command line.

A message that is sent again gets an id made of the place and number that it lay at: no id that the
queue remembers, so that duplicate detection lets it through, and the same one if the command is
interrupted and repeated, so that it is still sent once.
"""

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
    ServiceBusSubQueue,
)
from azure.servicebus.exceptions import MessageLockLostError

from adapters.servicebus.errors import queue_errors
from adapters.servicebus.letters import PLACES, Letter, Place, identifier, letter, original
from adapters.servicebus.senders import EVENTS, LANES, WORK, Senders
from decisions.names import digest

_ROLE = "Azure Service Bus Data Receiver"
_PAGE = 100
_PATIENCE = 5.0  # Seconds that an empty place is listened to.
_NO_MODEL = "unreadable"  # The session of a lane message that never told its model.


class DeadLetters:
    """The messages that were given up, in all places."""

    def __init__(self, client: ServiceBusClient) -> None:
        self._client = client

    def list(self) -> Sequence[Letter]:
        """All of them, the earliest first."""
        with ThreadPoolExecutor(len(PLACES)) as threads:
            letters = [one for found in threads.map(self._look, PLACES) for one in found]
        return sorted(letters, key=lambda one: one.at)

    def redrive(self, ids: Collection[str]) -> Sequence[str]:
        """Send those of these ids again to where they failed; gives the ids that were found."""
        wanted = {place: {one for one in ids if _lies_in(place, one)} for place in PLACES}
        with closing(Senders(self._client)) as senders:
            found = [self._empty(place, some, senders) for place, some in wanted.items() if some]
        return [one for some in found for one in some]

    def _look(self, place: Place) -> Sequence[Letter]:
        found, number = list[Letter](), 1
        with queue_errors(f"look into {place.name}", _ROLE), self._receiver(place) as receiver:
            while page := receiver.peek_messages(_PAGE, sequence_number=number):
                found += [letter(place, message) for message in page]
                number = max(message.sequence_number or 0 for message in page) + 1
        return found

    def _empty(self, place: Place, wanted: Collection[str], senders: Senders) -> Sequence[str]:
        """Send the wanted messages of a place again; gives the ids that were found there.

        A queue gives its messages in its own order: the others are held meanwhile, then returned.
        """
        found, held = list[str](), dict[str, ServiceBusReceivedMessage]()
        with queue_errors(f"take from {place.name}", _ROLE), self._receiver(place) as receiver:
            while len(found) < len(wanted) and (page := _page(receiver, place, held)):
                for name, message in page.items():
                    if name in wanted:
                        _send_again(place, message, senders)
                        receiver.complete_message(message)
                        found.append(name)
                    else:
                        held[name] = message
            _give_back(receiver, held.values())
        return found

    def _receiver(self, place: Place) -> ServiceBusReceiver:
        part = ServiceBusSubQueue.DEAD_LETTER if place.dead else None
        return self._client.get_queue_receiver(place.queue, sub_queue=part)


def _send_again(place: Place, message: ServiceBusReceivedMessage, senders: Senders) -> None:
    parked = original(place, message)
    queue = parked.source if parked.source in {LANES, WORK} else EVENTS
    again = ServiceBusMessage(
        parked.body,
        message_id=digest("redrive", identifier(place, message)),
        session_id=(parked.model or _NO_MODEL) if queue == LANES else None,
        content_type="application/json",
        application_properties={"retry": parked.retry},
    )
    senders.send(queue, again)


def _lies_in(place: Place, one: str) -> bool:
    return one.rpartition("/")[0] == place.name


def _give_back(receiver: ServiceBusReceiver, messages: Iterable[ServiceBusReceivedMessage]) -> None:
    for message in messages:
        with suppress(MessageLockLostError):
            receiver.abandon_message(message)


def _page(
    receiver: ServiceBusReceiver, place: Place, held: Collection[str]
) -> dict[str, ServiceBusReceivedMessage]:
    """The next messages that are not held yet; none when the queue has given all that it has."""
    messages = receiver.receive_messages(_PAGE, max_wait_time=_PATIENCE)
    named = {identifier(place, message): message for message in messages}
    return {name: message for name, message in named.items() if name not in held}
