"""The log of inputs and predictions: requests put in, a thread writes, and none waits for it.

    a request ──▶ add ──▶ queue, bounded in rows and bytes ──▶ thread: Parquet ──▶ storage
                   │ not sampled            │ full                  │ refused or down
                   ▼                        ▼                       ▼
                 left out            dropped, counted        dropped, counted

What is queued is written when there are enough rows or after some seconds, whichever comes first;
what storage does not take is lost, since a log must never hold up or bring down what it watches.
A process that is killed loses what it had queued: at most the rows of that time.
"""

import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from scoring.errors import ScoringError
from scoring.server.batches import Answered, files, folder, parquet, practise
from scoring.server.documents import Counts
from scoring.server.routes import percentile
from scoring.server.settings import Recording

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""How long a stop waits for what is queued to be written."""

Write = Callable[[str, bytes], None]
"""Keeps a file under a path that nothing else has. Raises ScoringError."""


class Bounds(Struct, frozen=True):
    """How much may be queued or on its way to storage; beyond it rows are dropped."""

    rows: int = 100_000
    bytes: int = 64 << 20


BOUNDS = Bounds()


class Journal:
    """Takes answered requests and keeps the sampled ones; all methods may be called anywhere."""

    def __init__(self, write: Write, recording: Recording, bounds: Bounds = BOUNDS) -> None:
        self._write = write
        self._recording = recording
        self._bounds = bounds
        # A path is this process's own: nobody else has its name, and it counts its files.
        self._instance = uuid.uuid4().hex[:12]
        self._sequence = 0
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._queue: deque[Answered] = deque()
        self._queued_rows = 0
        self._held_rows = 0
        self._held_bytes = 0
        self._written = 0
        self._dropped = 0
        self._turned_away = 0  # Of those dropped, the ones that nobody was told of yet.
        self._closing = False
        self._warm = False
        # A daemon: a storage that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    @property
    def counts(self) -> Counts:
        """What became of the rows until now."""
        return Counts(self._written, self._dropped)

    def samples(self, request: str) -> bool:
        """Whether a request is logged: the same id, the same answer, on every instance.

        The hash is not the one that splits the traffic: else a small sample would be of one
        deployment only.
        """
        share = self._recording.sample
        return share == 1 or percentile(f"log {request}") < 100 * share

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def add(self, answered: Answered) -> None:
        """Queue a request to be written, or drop and count it when the queue is full."""
        rows, size = answered.rows, answered.size
        with self._lock:  # That of the condition, which costs more to be asked for it.
            full = self._held_rows + rows > self._bounds.rows
            if self._closing or full or self._held_bytes + size > self._bounds.bytes:
                self._dropped += rows
                self._turned_away += rows
                return
            self._queue.append(answered)
            self._queued_rows += rows
            self._held_rows += rows
            self._held_bytes += size
            if self._due() or not self._warm:
                self._changed.notify()

    def close(self) -> None:
        """Write what is queued, in bounded time; what is not written then counts as dropped."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            log.warning("%d rows of the inference log are lost: storage is slow", self._held_rows)

    def _run(self) -> None:
        self._warm_up()
        while not self._closing or self._queue:
            queue, turned_away = self._taken()
            if turned_away:
                log.warning("%d rows are not logged: the queue of the log was full", turned_away)
            for batch in files(queue, self._recording.rows):
                self._keep(batch)

    def _warm_up(self) -> None:
        """Import and prepare what writes files when the first request has come.

        Not at the start, which it would double; nor with the first file, when requests are many.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            self._warm = True
        with suppress(Exception):  # It will be told with the first file.
            practise()

    def _taken(self) -> tuple[deque[Answered], int]:
        """All that is queued, when it is due, and how many rows found no place meanwhile."""
        with self._changed:
            self._changed.wait_for(self._due, self._recording.seconds)
            queue, self._queue = self._queue, deque()
            turned_away, self._turned_away = self._turned_away, 0
            self._queued_rows = 0
        return queue, turned_away

    def _due(self) -> bool:
        enough = self._queued_rows >= self._recording.rows
        return self._closing or enough or 2 * self._held_bytes > self._bounds.bytes

    def _keep(self, batch: list[Answered]) -> None:
        """Write one file. Nothing that happens to it may end the log."""
        rows = sum(each.rows for each in batch)
        path = f"{folder(batch)}/{self._instance}-{self._sequence:08}.parquet"
        self._sequence += 1
        written = False
        try:
            self._write(path, parquet(batch, self._recording.exclude))
            written = True
        except ScoringError as problem:
            log.warning("a file of the inference log is dropped: %s", problem)
        except Exception:
            log.exception("a file of the inference log is dropped")
        with self._changed:
            self._held_rows -= rows
            self._held_bytes -= sum(each.size for each in batch)
            if written:
                self._written += rows
            else:
                self._dropped += rows
