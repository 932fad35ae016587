"""The status is written after changes, again when that failed, and as a sign of life."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from scoring.server.endpoint import Endpoint
from scoring.server.following import follow, report
from scoring.server.journal import Journal
from scoring.server.settings import Recording
from tests.scoring.server.serving import MemoryStore, desired, until


def run(store: MemoryStore, seconds: float, reached: Callable[[], bool]) -> None:
    """Both errands, until the store shows what was to be reached."""

    async def errands() -> None:
        with ThreadPoolExecutor(1) as loader:
            endpoint = Endpoint("digits", store, loader, 0.01)
            journal = Journal(store.keep, Recording())
            tasks = [
                asyncio.create_task(follow(endpoint, 0.01)),
                asyncio.create_task(report(endpoint, journal, store, seconds, 0.01)),
            ]
            await asyncio.to_thread(until, reached)
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    asyncio.run(errands())


def test_the_status_is_written_as_a_sign_of_life():
    store = MemoryStore()
    store.write(desired(1, [], {}))
    run(store, 0.01, lambda: len(store.statuses) >= 3)
    assert {status["generation"] for status in store.statuses} == {1}
    assert len({status["observed_at"] for status in store.statuses}) == len(store.statuses)


class Stubborn(MemoryStore):
    """A store that fails twice, once as stores do and once as nobody expects."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def report(self, status: bytes) -> None:
        self.tries += 1
        self.down = self.tries == 1
        if self.tries == 2:
            raise LookupError("nobody expects this")
        super().report(status)


def test_a_status_that_could_not_be_written_is_written_later():
    store = Stubborn()
    store.write(desired(1, [], {}))
    run(store, 3600, lambda: bool(store.statuses))
    assert store.tries == 3
    assert store.statuses[0]["generation"] == 1
