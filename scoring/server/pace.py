"""How long a model takes, measured when it is warmed: it decides where and how its runs are made.

* A run that is quick is made at once on the event loop: handing it to another thread and back takes
  about 70 microseconds of processor time, several times what a small model takes for a row.
* Runs that are not are made by worker threads, and requests that wait for one are run together
  when a run of several rows is cheaper than as many runs, and answers each row as if it were alone.

Measured for a logistic regression of twenty numbers: a run of one row takes 11 microseconds and
one of sixteen rows 15; but to gather requests that are answered at once costs each of them a future
and a turn of the loop, which is as much. So those are never gathered.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.predict import predict
from scoring.sessions import Model
from scoring.synthetic import synthetic_rows

TOGETHER = 16
"""Rows of a run that is made of several requests."""
ENOUGH = 0.5
"""A run together has to take less than this share of the time that its rows take one by one."""
TRIES, ALONE = 5, 4
SLOWEST = 0.1
"""Seconds; a model that takes longer for a row is not measured any further, so as to be ready."""


class Pace(Struct, frozen=True):
    """Seconds of a run of one row, and of TOGETHER rows; whether these are answered as alone."""

    one: float
    together: float
    alike: bool

    def rows(self, seconds: float) -> int:
        """About how many rows are run within some seconds; a bounded guess beyond what was tried.

        >>> Pace(one=1.0, together=4.0, alike=True).rows(2.0)
        6
        """
        if self.one > seconds:
            return 0
        each = max(self.together - self.one, self.one / TOGETHER) / (TOGETHER - 1)
        return 1 + int((seconds - self.one) / each)

    @property
    def gathers(self) -> bool:
        """Whether requests that wait are to be run together."""
        return self.alike and self.together < ENOUGH * TOGETHER * self.one


def measured(model: Model) -> Pace:
    """The pace of a model, which is warm after that. Blocks. Raises ModelFailed."""
    rows = synthetic_rows(model.signature, TOGETHER)
    predict(model, rows[:1])
    one, _ = _timed(lambda: predict(model, rows[:1]))
    if one > SLOWEST:
        return Pace(one, one * TOGETHER, alike=False)
    together, answers = _timed(lambda: predict(model, rows))
    alone = [predict(model, rows[row : row + 1]) for row in range(ALONE)]
    return Pace(one, together, _alike(np.concatenate(alone), answers[:ALONE]))


def _timed(run: Callable[[], NDArray[Any]]) -> tuple[float, NDArray[Any]]:
    """The least of some tries, since others use the processor too; and the answers."""
    seconds: list[float] = []
    while len(seconds) < TRIES and sum(seconds) < SLOWEST:
        begun = time.perf_counter()
        answers = run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds), answers


def _alike(some: NDArray[Any], others: NDArray[Any]) -> bool:
    """Whether answers are the same, but for how a sum is rounded in another order."""
    if some.shape != others.shape:
        return False
    if some.dtype.kind == "f":
        return bool(np.allclose(some, others, rtol=1e-4, atol=1e-6, equal_nan=True))
    return bool(np.array_equal(some, others))
