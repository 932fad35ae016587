"""A port `Messages`, and whoever takes from its queues: in memory, and from Service Bus."""

from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import msgspec
from azure.servicebus import ServiceBusClient, ServiceBusMessageState, ServiceBusReceiver

from adapters.memory.messages import MemoryMessages
from adapters.servicebus.messages import ServiceBusMessages
from decisions.ports import Messages, Parked


class Taken(NamedTuple):
    """A message as the host hands it over."""

    body: bytes
    retry: int


class Queues(Protocol):
    """Both ends; taking is completing, and takes only what is due."""

    @property
    def port(self) -> Messages: ...

    def lane(self, model: str) -> list[Taken]: ...

    def work(self) -> list[Taken]: ...

    def parked(self) -> list[Parked]: ...


class MemoryQueues:
    def __init__(self) -> None:
        self.port = MemoryMessages()

    def lane(self, model: str) -> list[Taken]:
        return self._take("lanes", model)

    def work(self) -> list[Taken]:
        return self._take("work", None)

    def parked(self) -> list[Parked]:
        taken, self.port.parked = self.port.parked, []
        return taken

    def _take(self, queue: str, model: str | None) -> list[Taken]:
        now = datetime.now(UTC)
        due = [
            one
            for one in self.port.waiting.values()
            if one.queue == queue and one.model == (model or one.model) and one.at <= now
        ]
        for one in due:
            del self.port.waiting[one.id]
        return [Taken(one.body, one.retry) for one in due]


class ServiceBusQueues:
    def __init__(self, client: ServiceBusClient) -> None:
        self.port = ServiceBusMessages(client)
        self._client = client

    def lane(self, model: str) -> list[Taken]:
        return _drain(self._client.get_queue_receiver("lanes", session_id=model))

    def work(self) -> list[Taken]:
        return _drain(self._client.get_queue_receiver("work"))

    def parked(self) -> list[Parked]:
        bodies = _drain(self._client.get_queue_receiver("parked"))
        return [msgspec.json.decode(one.body, type=Parked) for one in bodies]

    def close(self) -> None:
        self.port.close()


def _drain(receiver: ServiceBusReceiver) -> list[Taken]:
    """Take all that is due. A look tells how much that is, so that nothing has to be waited for."""
    taken = list[Taken]()
    with receiver:
        seen = receiver.peek_messages(1_000)
        due = sum(message.state is ServiceBusMessageState.ACTIVE for message in seen)
        while len(taken) < due:
            messages = receiver.receive_messages(due - len(taken), max_wait_time=10)
            assert messages, f"{due} messages are due and {len(taken)} came"
            for message in messages:
                retry = (message.application_properties or {}).get(b"retry", 0)
                taken.append(Taken(b"".join(message.body), int(str(retry))))
                receiver.complete_message(message)
    return taken
