"""A job's life: NotStarted, Preparing, Running, and one end.

A job that was running when this program ended is taken up again at its first step that had not
completed: the outputs of those that had are in storage.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from azure.core.exceptions import AzureError

from local.cloud.errors import Refused
from local.cloud.workspace.environment import step_environment
from local.cloud.workspace.plan import Spec, Step, plan
from local.cloud.workspace.process import Process
from local.cloud.workspace.runs import ROOT, Runs
from local.cloud.workspace.settings import Settings
from local.cloud.workspace.step import Bench

logger = logging.getLogger(__name__)

_AT_ONCE = 2


class Runner:
    """Runs the jobs of one workspace, a few at once.

    `component` gives the spec that a component's ARM id stands for, and `code` the address of the
    files that a code's ARM id stands for.
    """

    def __init__(
        self,
        settings: Settings,
        runs: Runs,
        bench: Bench,
        component: Callable[[str], Spec],
        code: Callable[[str], str],
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._bench = bench
        self._component = component
        self._code = code
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="job")
        self._processes: dict[str, Process] = {}
        self._lock = threading.Lock()
        self._stopping = False

    def start(self) -> None:
        """Take up the jobs that had not ended when this program last did."""
        for name in self._runs.unfinished():
            self.submit(name)

    def submit(self, name: str) -> None:
        """Run a job as soon as there is room."""
        self._pool.submit(self._run, name)

    def cancel(self, name: str) -> None:
        """Stop a job; one that ended is left alone."""
        if self._runs.ask_to_cancel(name):
            with self._lock:
                self._kill(name)

    def stop(self) -> None:
        """Stop all processes and leave their jobs as they are, to be taken up at the next start."""
        with self._lock:
            self._stopping = True
            for name in self._processes:
                self._kill(name)
        self._pool.shutdown(cancel_futures=True)

    def _run(self, name: str) -> None:
        problem = self._tried(lambda: self._steps(name))
        if not self._stopping:
            self._end(name, problem)

    def _steps(self, name: str) -> str | None:
        """Run what is left of a job; gives what went wrong."""
        self._runs.open(name, ROOT)
        self._runs.change(name, ROOT, "Preparing")
        steps = plan(name, self._runs.job(name).properties, self._component)
        self._runs.change(name, ROOT, "Running")
        return next(filter(None, (self._step(name, step) for step in steps)), None)

    @staticmethod
    def _tried(attempt: Callable[[], str | None]) -> str | None:
        """What went wrong in an attempt, in a sentence; nothing may vanish in the pool."""
        try:
            return attempt()
        except Refused as refused:
            return refused.sentence
        except (AzureError, OSError) as error:
            # Storage or MLflow is not there; the message of either says which and why.
            return str(error)
        except Exception:
            logger.exception("A job could not be run.")
            return "The workspace itself failed; its log holds the reason."

    def _end(self, name: str, problem: str | None) -> None:
        if self._runs.job(name).cancelled:
            self._runs.change(name, ROOT, "Canceled")
        elif problem is not None:
            self._runs.change(name, ROOT, "Failed", problem)
        else:
            self._runs.change(name, ROOT, "Completed")

    def _step(self, name: str, step: Step) -> str | None:
        """Run one step unless it is done or the job shall stop; gives what went wrong."""
        run = self._runs.job(name).runs.get(step.name)
        if self._halted(name) or (run is not None and run.status == "Completed"):
            return None
        self._runs.open(name, step.name)
        self._runs.change(name, step.name, "Running")
        problem = self._tried(lambda: self._process(name, step))
        if self._stopping:
            return None
        if self._runs.job(name).cancelled:
            self._runs.change(name, step.name, "Canceled")
        elif problem is None:
            self._runs.change(name, step.name, "Completed")
        else:
            problem = f"The step {step.name} {problem}"
            self._runs.change(name, step.name, "Failed", problem)
        return problem

    def _process(self, name: str, step: Step) -> str | None:
        job = self._runs.job(name)
        environment = step_environment(self._settings, job, job.runs[step.name])
        try:
            ended = self._bench.run(
                step, self._code(step.code), environment, lambda process: self._note(name, process)
            )
        finally:
            with self._lock:
                self._processes.pop(name, None)
        if ended.problem is None:
            return None
        return f"{ended.problem}. Its last lines:\n{ended.last_lines}"

    def _note(self, name: str, process: Process) -> None:
        """Remember a job's process; whoever wanted it stopped before it was known, now can."""
        with self._lock:
            self._processes[name] = process
            if self._halted(name):
                self._kill(name)

    def _kill(self, name: str) -> None:
        if process := self._processes.get(name):
            process.cancel()

    def _halted(self, name: str) -> bool:
        return self._stopping or self._runs.job(name).cancelled
