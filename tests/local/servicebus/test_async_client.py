"""The same emulator through the asynchronous client, which the adapters may use as well."""

import asyncio

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import OperationTimeoutError

from tests.local.servicebus.emulator import Emulator

WAIT = 10.0  # Seconds; what is expected to come comes much sooner.


def test_asynchronous_client_sends_receives_and_completes(servicebus: Emulator):
    async def story() -> list[str]:
        async with (
            ServiceBusClient.from_connection_string(servicebus.connection_string) as client,
            client.get_queue_sender("plain") as sender,
            client.get_queue_receiver("plain") as receiver,
        ):
            await sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
            messages = await receiver.receive_messages(2, max_wait_time=WAIT)
            for message in messages:
                await receiver.complete_message(message)
            assert await receiver.peek_messages(sequence_number=1) == []
            return [str(message) for message in messages]

    assert asyncio.run(story()) == ["a", "b"]


def test_asynchronous_client_holds_a_session_and_its_state(servicebus: Emulator):
    async def story() -> tuple[str, bytes]:
        async with ServiceBusClient.from_connection_string(servicebus.connection_string) as client:
            async with client.get_queue_sender("lanes") as sender:
                await sender.send_messages(ServiceBusMessage("a", session_id="model"))
            async with client.get_queue_receiver(
                "lanes", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=WAIT
            ) as receiver:
                session = receiver.session
                assert session is not None
                await session.set_state(b"state")
                await session.renew_lock()
                (message,) = await receiver.receive_messages()
                await receiver.complete_message(message)
                return session.session_id, await session.get_state()

    assert asyncio.run(story()) == ("model", b"state")


def test_waiting_receiver_gets_the_session_that_begins_later(servicebus: Emulator):
    async def story() -> str:
        async with ServiceBusClient.from_connection_string(
            servicebus.connection_string, retry_total=0
        ) as client:
            waiting = asyncio.create_task(first_of_next_session(client, patience=30))
            with pytest.raises(OperationTimeoutError):  # By then the other waits, too.
                await first_of_next_session(client, patience=1)
            async with client.get_queue_sender("lanes") as sender:
                await sender.send_messages(ServiceBusMessage("late", session_id="s"))
            return await waiting

    assert asyncio.run(story()) == "late"


async def first_of_next_session(client: ServiceBusClient, patience: float) -> str:
    async with client.get_queue_receiver(
        "lanes", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=patience
    ) as receiver:
        (message,) = await receiver.receive_messages(max_wait_time=WAIT)
        return str(message)
