"""The log is written in batches by a thread, bounded, sampled, and counts what it drops."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from threading import Event

import pandas as pd
import pytest

from scoring.server.documents import Counts
from scoring.server.journal import Bounds, Journal
from scoring.server.routes import Routes
from scoring.server.settings import Recording
from scoring.server.source import Unavailable
from tests.scoring.server.serving import MemoryStore, until
from tests.scoring.server.test_batches import answered, signature

NEVER = 3600.0
TAKING = signature("a", "b")
ONE = answered([[1, 2]], [1], TAKING)


@contextmanager
def running(
    write: Callable[[str, bytes], None], recording: Recording, bounds: Bounds | None = None
) -> Iterator[Journal]:
    journal = Journal(write, recording, bounds or Bounds())
    journal.start()
    try:
        yield journal
    finally:
        journal.close()


def wrote(journal: Journal, rows: int) -> bool:
    return journal.counts.written == rows


def rows_of(store: MemoryStore) -> list[int]:
    return [len(pd.read_parquet(BytesIO(content))) for content in store.logged.values()]


def test_enough_rows_are_written_at_once():
    store = MemoryStore()
    with running(store.keep, Recording(rows=3, seconds=NEVER)) as journal:
        for _ in range(3):
            journal.add(ONE)
        until(lambda: journal.counts == Counts(written=3))
    assert rows_of(store) == [3]


def test_fewer_rows_are_written_after_a_while():
    store = MemoryStore()
    with running(store.keep, Recording(seconds=0.05)) as journal:
        journal.add(ONE)
        until(lambda: journal.counts == Counts(written=1))
    assert rows_of(store) == [1]


def test_what_takes_much_memory_is_written_early():
    store = MemoryStore()
    bounds = Bounds(bytes=20 * ONE.size)
    with running(store.keep, Recording(seconds=NEVER), bounds) as journal:
        for _ in range(11):
            journal.add(ONE)
        until(lambda: journal.counts.written > 0)


def test_a_stop_writes_what_is_queued():
    store = MemoryStore()
    with running(store.keep, Recording(seconds=NEVER)) as journal:
        journal.add(ONE)
        journal.add(ONE)
    assert rows_of(store) == [2]
    assert journal.counts == Counts(written=2)


def test_paths_differ_from_file_to_file_and_process_to_process():
    store = MemoryStore()
    for _ in range(2):
        with running(store.keep, Recording(rows=1, seconds=NEVER)) as journal:
            for number in range(3):
                journal.add(ONE)
                until(partial(wrote, journal, number + 1))
    (first, again) = sorted({path.rpartition("-")[0] for path in store.logged})
    assert sorted(store.logged) == [
        f"{process}-0000000{number}.parquet" for process in (first, again) for number in range(3)
    ]
    assert first.startswith("2026/11/21/12/")


@pytest.mark.parametrize(
    "bounds",
    [Bounds(rows=5), Bounds(bytes=5 * ONE.size)],
    ids=["rows", "bytes"],
)
def test_beyond_the_bound_rows_are_dropped_counted_and_told_once(
    bounds: Bounds, caplog: pytest.LogCaptureFixture
):
    begun, go_on = Event(), Event()
    store = MemoryStore()

    def slow(path: str, content: bytes) -> None:
        begun.set()
        go_on.wait()
        store.keep(path, content)

    with running(slow, Recording(rows=1, seconds=0.05), bounds) as journal:
        journal.add(ONE)
        begun.wait()
        for _ in range(9):
            journal.add(ONE)  # Four fit beside the one on its way.
        assert journal.counts == Counts(written=0, dropped=5)
        go_on.set()
        until(lambda: journal.counts == Counts(written=5, dropped=5))
        journal.add(ONE)  # There is room again.
        until(lambda: journal.counts == Counts(written=6, dropped=5))
    assert caplog.messages == ["5 rows are not logged: the queue of the log was full"]


@pytest.mark.parametrize(
    ("problem", "level"),
    [(Unavailable("the store is down"), logging.WARNING), (LookupError("oops"), logging.ERROR)],
    ids=["expected", "unexpected"],
)
def test_a_file_that_storage_refuses_is_dropped_and_told_once(
    problem: Exception, level: int, caplog: pytest.LogCaptureFixture
):
    store = MemoryStore()
    refusals = [problem]

    def write(path: str, content: bytes) -> None:
        if refusals:
            raise refusals.pop()
        store.keep(path, content)

    with running(write, Recording(rows=2, seconds=NEVER)) as journal:
        journal.add(ONE)
        journal.add(ONE)
        until(lambda: journal.counts == Counts(dropped=2))
        journal.add(ONE)
    assert rows_of(store) == [1]
    assert [record.levelno for record in caplog.records] == [level]
    assert caplog.messages[0].startswith("a file of the inference log is dropped")


def test_a_model_whose_names_no_file_can_hold_does_not_end_the_log():
    store = MemoryStore()
    with running(store.keep, Recording(rows=1, seconds=NEVER)) as journal:
        journal.add(answered([[1, 2]], [1], signature("\ud800", "b")))
        journal.add(ONE)
        until(lambda: journal.counts == Counts(written=1, dropped=1))


def test_a_stop_does_not_wait_for_a_storage_that_hangs(caplog: pytest.LogCaptureFixture):
    forever = Event()

    def hang(_path: str, _content: bytes) -> None:
        forever.wait()

    with running(hang, Recording(rows=1, seconds=NEVER)) as journal:
        journal.add(ONE)
    assert caplog.messages == ["1 rows of the inference log are lost: storage is slow"]
    forever.set()


def sampled(share: float, requests: list[str]) -> list[str]:
    journal = Journal(MemoryStore().keep, Recording(sample=share))
    return [request for request in requests if journal.samples(request)]


REQUESTS = [f"request-{number}" for number in range(20_000)]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_share_of_the_requests_is_sampled(share: float):
    assert len(sampled(share, REQUESTS)) / len(REQUESTS) == pytest.approx(share, abs=0.02)


def test_the_same_requests_are_sampled_everywhere_and_kept_by_a_larger_share():
    assert sampled(0.2, REQUESTS) == sampled(0.2, REQUESTS)
    assert set(sampled(0.2, REQUESTS)) < set(sampled(0.4, REQUESTS))


def test_a_small_sample_is_of_all_deployments():
    routes = Routes(traffic={"old": 90, "new": 10})
    kept = sampled(0.1, REQUESTS)
    share = sum(routes.split(request) == "new" for request in kept) / len(kept)
    assert share == pytest.approx(0.1, abs=0.04)
