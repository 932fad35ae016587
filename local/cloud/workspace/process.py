"""One step as a process: bounded in time, stopped with all that it started, never left behind."""

import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.cloud.guarded import spawn, sweep

LAST_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a step ended: `problem` is None for one that did what it should."""

    problem: str | None
    last_lines: str


class Process:
    """A running step; its output goes to one log file."""

    def __init__(
        self, command: str, folder: Path, environment: Mapping[str, str], log: Path
    ) -> None:
        self._log = log
        self._process = spawn(
            ["/bin/sh", "-c", command], folder=folder, environment=environment, log=log
        )

    def wait(self, seconds: float) -> Ended:
        """Wait for the end, at most so long, and clean up whatever the step has left running."""
        try:
            code = self._process.wait(seconds)
            problem = None if code == 0 else _meaning(code)
        except subprocess.TimeoutExpired:
            problem = f"was still running after {seconds:g} s and was stopped"
        finally:
            sweep(self._process)
        return Ended(problem=problem, last_lines=last_lines(self._log))

    def cancel(self) -> None:
        """Stop the step now."""
        sweep(self._process)


def last_lines(log: Path) -> str:
    """The end of a log, as much of it as helps a person."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        text = file.read().decode(errors="replace")
    return "\n".join(text.strip().splitlines()[-LAST_LINES:])


def _meaning(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
