"""The two errands that run beside the requests: follow what is desired, report what is so."""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime

from scoring.errors import ScoringError
from scoring.server.documents import write_status
from scoring.server.endpoint import Endpoint
from scoring.server.journal import Journal
from scoring.server.source import Source

log = logging.getLogger(__name__)


async def follow(endpoint: Endpoint, seconds: float) -> None:
    """Look at the desired document again and again; a store that is down changes nothing."""
    while True:
        await _done(endpoint.look(), "reading what is desired")
        await asyncio.sleep(seconds)


async def report(
    endpoint: Endpoint, journal: Journal, source: Source, seconds: float, retry_seconds: float
) -> None:
    """Write the status after each change, and at least every so many seconds as a sign of life."""
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(endpoint.changed.wait(), seconds)
        endpoint.changed.clear()
        status = endpoint.status(datetime.now(UTC), journal.counts)
        if status is None:
            continue
        written = asyncio.to_thread(source.report, write_status(status))
        if not await _done(written, "writing the status"):
            endpoint.changed.set()
            await asyncio.sleep(retry_seconds)


async def _done(work: Awaitable[None], what: str) -> bool:
    """Whether the work was done. Nothing that happens to it may end the server."""
    try:
        await work
    except ScoringError as problem:
        log.warning("%s failed, and will be tried again: %s", what, problem)
    except Exception:
        log.exception("%s failed, and will be tried again", what)
    else:
        return True
    return False
