"""Whether a model still is as quick as it was measured, by its runs on the event loop.

On some rows a model may be slow, and nobody may hold up the loop with them. But a run may also
take long because the machine does, as a virtual one whenever others have its processor; so before
a model counts as slow, a worker makes again the run that was one too much.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress

from scoring.errors import ModelFailed

TOO_LONG = 0.001
"""Seconds; a model whose runs usually take longer is not quick."""
LONGEST, MEMORY = 0.1, 64
"""What usually is: the mean of about so many runs, each of which counts as so long at most. One of
65 ms is enough."""
TRIES = 3
"""How often the run is made again; if one of them is quick, the model is."""

Run = Callable[[], object]
"""Makes a run. Raises ModelFailed."""


class Trust:
    """Trust in one model; all methods are called on the event loop."""

    def __init__(self) -> None:
        self.holds = True
        self._usual = 0.0
        self._suspect: Run | None = None

    def bears(self, seconds: float) -> bool:
        """Count a run, and say whether it was not one too much; else it is to be doubted."""
        self._usual += (min(seconds, LONGEST) - self._usual) / MEMORY
        return self._usual <= TOO_LONG

    def doubt(self, run: Run) -> None:
        """Trust no more, until the run was made again."""
        self._usual, self.holds, self._suspect = 0.0, False, run

    def settle(self, loop: asyncio.AbstractEventLoop, workers: Executor) -> None:
        """Have a worker make the doubted run again, if there is one."""
        if self._suspect is not None:
            trial = loop.run_in_executor(workers, _is_quick, self._suspect)
            trial.add_done_callback(self._settled)
            self._suspect = None

    def _settled(self, trial: "asyncio.Future[bool]") -> None:
        self.holds = trial.result()


def _is_quick(run: Run) -> bool:
    return any(_seconds(run) <= TOO_LONG for _ in range(TRIES))


def _seconds(run: Run) -> float:
    begun = time.perf_counter()
    with suppress(ModelFailed):
        run()
    return time.perf_counter() - begun
