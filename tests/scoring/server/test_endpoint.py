"""A retired version is freed when, and only when, the last request that holds it has ended."""

import asyncio
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

from scoring.server.endpoint import Endpoint
from tests.scoring.server.serving import MemoryStore, desired, numbered, until


def test_a_retired_version_lives_as_long_as_its_last_request():
    store = MemoryStore()
    first, second = numbered(store, 1, 2)

    async def serve(endpoint: Endpoint, document: bytes) -> None:
        store.write(document)
        await endpoint.look()
        wanted = {"v1"} if b'"v1": 100' in document else {"v2"}
        await asyncio.to_thread(until, lambda: set(endpoint.routes.traffic) == wanted)

    async def change() -> None:
        with ThreadPoolExecutor(1) as loader:
            endpoint = Endpoint("digits", store, loader, 0.01)
            await serve(endpoint, desired(1, [first], {"v1": 100}))
            held_by_a_request = endpoint.routes.served["v1"]
            watched = weakref.ref(held_by_a_request)
            await serve(endpoint, desired(2, [second], {"v2": 100}))
            gc.collect()
            assert watched() is not None
            del held_by_a_request
            gc.collect()
            assert watched() is None

    asyncio.run(change())
