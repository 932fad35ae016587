"""Where a model's runs are made: at once, or by worker threads, for whom requests stand in line.

While all workers are busy requests wait, and a worker that comes free takes those that wait
together, if the model's pace says that it helps. So nobody waits for company, and the busier the
server is, the more rows go into a run.
"""

import asyncio
import os
import time
from collections import deque
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from itertools import accumulate

import numpy as np
from msgspec import Struct

from scoring.predict import Answers, Probabilities, predict, predict_both
from scoring.rows import Matrix
from scoring.server.pace import TOGETHER, Pace
from scoring.server.trust import Trust
from scoring.sessions import Model

QUICK = 0.0002
"""Seconds that a run may take on the event loop: a few times what it costs to hand it over."""
WORKERS = os.cpu_count() or 1


_Found = Answers | Exception


class _Waiting(Struct, eq=False):
    """Rows whose answers somebody awaits."""

    matrix: Matrix
    both: bool
    answers: "asyncio.Future[Answers]"


def answers_of(model: Model, matrix: Matrix, *, both: bool) -> Answers:
    """Run a model; with `both`, for the probabilities too. Raises ModelFailed."""
    return Answers(*predict_both(model, matrix)) if both else Answers(predict(model, matrix))


class Line:
    """The runs of one model. All methods are called on the event loop."""

    def __init__(self, model: Model, pace: Pace) -> None:
        self._model = model
        self._pace = pace
        self._quick_rows = pace.rows(QUICK)
        self._trust = Trust()
        self._waiting: deque[_Waiting] = deque()
        self._running = 0

    def is_quick(self, rows: int) -> bool:
        """Whether so many rows may be run on the event loop."""
        return self._trust.holds and rows <= self._quick_rows

    def at_once(self, matrix: Matrix, *, both: bool) -> Answers:
        """Run here and now, what is quick. Raises ModelFailed."""
        begun = time.perf_counter()
        try:
            return answers_of(self._model, matrix, both=both)
        finally:
            if not self._trust.bears(time.perf_counter() - begun):
                self._trust.doubt(partial(answers_of, self._model, matrix, both=both))

    async def in_turn(self, matrix: Matrix, workers: Executor, *, both: bool) -> Answers:
        """Wait for a worker, which runs what else waits along with it. Raises ModelFailed."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(matrix, both, loop.create_future())
        self._waiting.append(waiting)
        self._hand_over(loop, workers)
        self._trust.settle(loop, workers)
        return await waiting.answers

    def _hand_over(self, loop: asyncio.AbstractEventLoop, workers: Executor) -> None:
        """Give what waits to workers, as long as there is one for it."""
        while self._waiting and self._running < WORKERS:
            batch = self._next()
            self._running += 1
            run = loop.run_in_executor(workers, _run, self._model, batch)
            run.add_done_callback(partial(self._handed_back, batch, workers))

    def _handed_back(
        self, batch: list[_Waiting], workers: Executor, run: "asyncio.Future[list[_Found]]"
    ) -> None:
        """Tell those who waited, and let the next ones go on."""
        self._running -= 1
        for waiting, found in zip(batch, run.result(), strict=True):
            if waiting.answers.done():  # The server is stopped, and its request given up.
                continue
            if isinstance(found, Answers):
                waiting.answers.set_result(found)
            else:
                waiting.answers.set_exception(found)
        self._hand_over(run.get_loop(), workers)

    def _next(self) -> list[_Waiting]:
        """Who is first in line, and those behind whose rows fit into the same run."""
        batch = [self._waiting.popleft()]
        rows = len(batch[0].matrix)
        while self._pace.gathers and self._waiting:
            rows += len(self._waiting[0].matrix)
            if rows > TOGETHER:
                break
            batch.append(self._waiting.popleft())
        return batch


def _run(model: Model, batch: list[_Waiting]) -> list[_Found]:
    """What each one of a batch is answered. On a worker's thread."""
    if len(batch) > 1:
        with suppress(Exception):  # Of some of the rows, perhaps: whose it is shows alone.
            return _run_together(model, batch)
    return [_run_alone(model, one) for one in batch]


def _run_alone(model: Model, one: _Waiting) -> _Found:
    try:
        return answers_of(model, one.matrix, both=one.both)
    except Exception as problem:  # noqa: BLE001 - it is raised again where the answer is awaited.
        return problem


def _run_together(model: Model, batch: list[_Waiting]) -> list[_Found]:
    matrix = np.concatenate([one.matrix for one in batch])
    found = answers_of(model, matrix, both=any(one.both for one in batch))
    ends = list(accumulate(len(one.matrix) for one in batch))
    return [_part(found, end - len(one.matrix), end) for one, end in zip(batch, ends, strict=True)]


def _part(found: Answers, start: int, end: int) -> Answers:
    labels, probabilities = found.labels[start:end], found.probabilities
    if probabilities is None:
        return Answers(labels)
    return Answers(labels, Probabilities(probabilities.matrix[start:end], probabilities.classes))
