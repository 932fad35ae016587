"""All parts of the emulator in one event loop, until it is told to stop."""

import asyncio
import contextlib
import signal
import socket

import uvicorn

from local.eventgrid.destinations import Destination
from local.eventgrid.destinations.deadletters import DeadLetters
from local.eventgrid.destinations.queues import Queue
from local.eventgrid.destinations.webhooks import Endpoint
from local.eventgrid.dispatcher import Dispatcher
from local.eventgrid.publishing import Interface
from local.eventgrid.settings import Settings, Subscription, WebHook
from local.eventgrid.store import Store
from local.eventgrid.topics import Topics
from local.eventgrid.watcher.proxy import Proxy
from local.eventgrid.watcher.watcher import Watcher
from local.ports import HOST


async def serve(settings: Settings, store: Store, port: int) -> None:
    """Publish, deliver and watch until SIGTERM or SIGINT. Raises OSError when a port is taken."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes these for itself and raises them once more when it is done: into the void.
        asyncio.get_running_loop().add_signal_handler(number, lambda: None)
    listener = socket.create_server((HOST, port))
    root = f"http://{HOST}:{listener.getsockname()[1]}"
    destinations = {
        subscription.name: _destination(settings, subscription, root)
        for subscription in settings.subscriptions
    }
    dead_letters = DeadLetters(settings.storage) if settings.storage else None
    dispatcher = Dispatcher(settings, store, destinations, dead_letters)
    topics = Topics(settings, store, dispatcher.wake)
    proxy = await _watch(settings, topics)
    app = Interface(topics, store, dispatcher, destinations).app()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    delivering = asyncio.create_task(dispatcher.run())
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    print(f"ready {root}", flush=True)  # noqa: T201 - The contract with whoever started it.
    await asyncio.wait({delivering, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    if proxy:
        proxy.close()
    delivering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await delivering


async def _watch(settings: Settings, topics: Topics) -> asyncio.Server | None:
    if settings.watch is None or settings.storage is None:
        return None
    watcher = Watcher(topics, topics.by_name[settings.watch.topic], settings.storage)
    return await Proxy(settings.watch.upstream, watcher.observe).listen(settings.watch.port)


def _destination(settings: Settings, subscription: Subscription, root: str) -> Destination:
    topic = next(topic for topic in settings.topics if topic.name == subscription.topic)
    target = subscription.target
    if isinstance(target, WebHook):
        return Endpoint(subscription, target, topic, root=root, factor=settings.retry_factor)
    return Queue(subscription, target, topic.input_schema, settings.service_bus or "")
