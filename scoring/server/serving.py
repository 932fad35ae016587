"""Puts the server together, and runs it until it is told to stop."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, cast

import uvicorn

from scoring.server.app import App
from scoring.server.bodies import Bodies
from scoring.server.connections import Connection, Patience
from scoring.server.description import Description
from scoring.server.endpoint import Endpoint
from scoring.server.following import follow, report
from scoring.server.journal import Journal
from scoring.server.keys import Keys
from scoring.server.metrics import Metrics
from scoring.server.models import Models
from scoring.server.scorer import Bounds, Scorer
from scoring.server.settings import Settings
from scoring.server.source import Source

if TYPE_CHECKING:
    from scoring.server.exposition import Exposition

STATUS_SECONDS = 15.0
"""The longest time between two writings of the status."""
STOP_SECONDS = 25
"""How long requests inside may take to be answered once the server was told to stop."""

DEFAULT = Bounds()
PATIENCE = Patience()


def build(source: Source, settings: Settings, bounds: Bounds = DEFAULT) -> App:
    """The application of one endpoint."""
    loader = ThreadPoolExecutor(1, "load")  # One at a time: loading must not starve scoring.
    workers = ThreadPoolExecutor(os.cpu_count(), "score")
    endpoint = Endpoint(settings.endpoint, source, loader, settings.poll_seconds)
    journal = Journal(source.keep, settings.recording)
    poll = settings.poll_seconds

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        journal.start()
        async with asyncio.TaskGroup() as tasks:
            started = [
                tasks.create_task(follow(endpoint, poll)),
                tasks.create_task(report(endpoint, journal, source, STATUS_SECONDS, poll)),
            ]
            yield
            for task in started:
                task.cancel()
        await endpoint.close()
        loader.shutdown(cancel_futures=True)
        workers.shutdown()
        journal.close()

    keys = Keys(settings.keys)
    scorer = Scorer(endpoint, journal, workers, bounds.inside)
    bodies = Bodies(bounds.body, bounds.bodies)
    models = Models(settings.endpoint, endpoint, scorer, keys.guarded)
    description = Description(settings.endpoint, endpoint, keyed=bool(settings.keys))
    metrics = Metrics()
    told = exposed(metrics, endpoint, journal, scorer)
    return App(endpoint, keys, scorer, models, description, metrics, told, bodies, running())


def exposed(
    metrics: Metrics, endpoint: Endpoint, journal: Journal, scorer: Scorer
) -> Callable[[], bytes]:
    """What is told to Prometheus, made when it is asked for."""

    @cache
    def exposition() -> "Exposition":
        # Only whoever scrapes pays for the import.
        from scoring.server.exposition import Exposition

        return Exposition(
            metrics, lambda: endpoint.routes, lambda: journal.counts, lambda: scorer.inside
        )

    return lambda: exposition().text()


def server(app: App, settings: Settings, patience: Patience = PATIENCE) -> uvicorn.Server:
    """The HTTP server of an application; `run` serves until SIGTERM or SIGINT."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=cast("type[asyncio.Protocol]", partial(Connection, app, patience)),
            loop="uvloop",
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
