"""The server in this process, for what cannot be brought about from outside."""

import asyncio
import time

import pytest

from local.servicebus.amqp.server import listen
from local.servicebus.broker import Broker
from local.servicebus.messages import Draft
from local.servicebus.settings import QueueSettings
from local.servicebus.store import Store


def test_failed_store_ends_the_server(caplog: pytest.LogCaptureFixture):
    async def serve() -> None:
        store = Store(":memory:")
        broker = Broker([QueueSettings("plain")], store)
        soon = Draft(payload=b"a", due=time.time() + 0.1)
        broker.queue("plain").send([soon], time.time())
        async with await listen(broker, 0):
            store.close()
            await asyncio.wait_for(asyncio.Event().wait(), 30)  # The end of the loop is sooner.

    with pytest.raises(RuntimeError, match="stopped before Future completed"):
        asyncio.run(serve())
    assert "the store has failed" in caplog.text
