"""Running a function: on the loop when it is async, in a thread when not, and one log line each."""

import asyncio
import contextvars
import inspect
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.functions.meta import Datum, get_binding_registry

from local.functions.context import Context, running
from local.functions.indexing import Function

Overrun = Callable[[], None]
_log = logging.getLogger("host.invocation")


class TimedOut(Exception):  # noqa: N818 - The real host's word is FunctionTimeoutException.
    """An invocation took longer than `functionTimeout` of host.json."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an invocation: the function's result, or the error that it ended with."""

    result: Any = None
    error: Exception | None = None


class Invoker:
    """Invokes functions, each for as long as host.json lets it.

    A thread cannot be stopped. When a function in a thread overruns its time, `overrun` is called:
    the real host then starts the worker anew.
    """

    def __init__(
        self, folder: Path, timeout: float | None, threads: int | None, overrun: Overrun
    ) -> None:
        self._folder = folder
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="function")
        self._overrun = overrun

    async def invoke(
        self, function: Function, data: Datum, metadata: dict[str, Datum] | None = None
    ) -> Outcome:
        """Run the function on the trigger data."""
        context = Context(function.name, self._folder)
        reset = running.set(context)
        started = time.monotonic()
        try:
            arguments = self._arguments(function, data, metadata, context)
            outcome = Outcome(await self._run(function, arguments))
        except Exception as error:  # noqa: BLE001 - A function may raise anything; the host goes on.
            outcome = Outcome(error=error)
        _report(outcome, time.monotonic() - started)
        running.reset(reset)
        return outcome

    @staticmethod
    def _arguments(
        function: Function, data: Datum, metadata: dict[str, Datum] | None, context: Context
    ) -> dict[str, Any]:
        converter = get_binding_registry().get(function.kind)
        value = converter.decode(data, trigger_metadata=metadata or {})
        arguments = {str(function.trigger["name"]): value}
        return {**arguments, "context": context} if function.wants_context else arguments

    async def _run(self, function: Function, arguments: dict[str, Any]) -> Any:
        threaded = not inspect.iscoroutinefunction(function.call)
        work = self._in_thread(function, arguments) if threaded else function.call(**arguments)
        try:
            async with asyncio.timeout(self._timeout) as limit:
                return await work
        except TimeoutError as error:
            if not limit.expired():
                raise
            if threaded:
                self._overrun()
            raise TimedOut(f"{function.name} took longer than {self._timeout:g} s") from error

    async def _in_thread(self, function: Function, arguments: dict[str, Any]) -> Any:
        run = contextvars.copy_context().run
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: run(function.call, **arguments))


def _report(outcome: Outcome, duration: float) -> None:
    """One line an invocation; of a failure the log shows the traceback, as Azure's does."""
    word = "failed" if outcome.error else "succeeded"
    _log.log(
        logging.ERROR if outcome.error else logging.INFO,
        "invocation %s",
        word,
        exc_info=outcome.error,
        extra={"outcome": word, "milliseconds": round(duration * 1000, 1)},
    )
