"""All parts of the emulator in one event loop, until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from local.cloud.identity.tokens import Tokens
from local.eventgrid.certificate import issue
from local.eventgrid.destinations import Destination
from local.eventgrid.destinations.deadletters import DeadLetters
from local.eventgrid.destinations.queues import Queue
from local.eventgrid.destinations.webhooks import Endpoint
from local.eventgrid.dispatcher import Dispatcher
from local.eventgrid.publishing import Interface
from local.eventgrid.senders import Senders
from local.eventgrid.settings import Settings, Subscription, WebHook
from local.eventgrid.store import Store
from local.eventgrid.topics import Topics
from local.eventgrid.watcher.proxy import Proxy
from local.eventgrid.watcher.watcher import Watcher
from local.ports import HOST


async def serve(settings: Settings, store: Store, folder: Path, port: int) -> None:
    """Publish, deliver and watch until SIGTERM or SIGINT. Raises OSError when a port is taken."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes these for itself once it serves, and raises them once more when it is done.
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    with contextlib.ExitStack() as sockets:
        # They queue connections from now on, so that whoever reads `ready` is answered.
        listener = sockets.enter_context(socket.create_server((HOST, port)))
        root = f"http://{HOST}:{listener.getsockname()[1]}"
        destinations = {
            subscription.name: _destination(settings, subscription, root)
            for subscription in settings.subscriptions
        }
        dead_letters = DeadLetters(settings.storage) if settings.storage else None
        dispatcher = Dispatcher(settings, store, destinations, dead_letters)
        topics = Topics(settings, store, dispatcher.wake)
        app = Interface(topics, store, dispatcher, destinations, _senders(settings)).app()
        servers = {_server(app): listener}
        if settings.tls:
            secure = socket.create_server((HOST, settings.tls.port))
            chain, key = issue(Path(settings.tls.authority), folder)
            server = _server(app, ssl_certfile=chain, ssl_keyfile=key)
            servers[server] = sockets.enter_context(secure)
        proxy = await _watch(settings, topics)
        print(f"ready {root}", flush=True)  # noqa: T201 - The contract with whoever started it.
        await _run(dispatcher, servers, told)
    if proxy:
        proxy.close()


async def _run(
    dispatcher: Dispatcher, servers: Mapping[uvicorn.Server, socket.socket], told: asyncio.Event
) -> None:
    """Serve until told to end, or until delivering fails, whose error is then raised."""
    delivering = asyncio.create_task(dispatcher.run())
    ending = asyncio.create_task(told.wait())
    serving = [
        asyncio.create_task(server.serve([listener])) for server, listener in servers.items()
    ]
    await asyncio.wait({delivering, ending, *serving}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving)
    delivering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await delivering


def _server(app: Starlette, **options: Any) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", **options))


def _senders(settings: Settings) -> Senders:
    # The lifetime is for those who issue tokens; here they are only read.
    return Senders(Tokens(Path(settings.tls.token_key), 0) if settings.tls else None)


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
