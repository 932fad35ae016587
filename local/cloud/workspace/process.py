"""One step as a process: bounded in time, stopped with all that it started, never left behind."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The shell starts a watcher that reads the standard input, which only this program can write. It
# never does: the read ends when this program has ended, however it did, and the watcher then kills
# the whole process group. `wait` below kills the group too, so the watcher does not outlive a step.
_GUARD = "exec 3<&0 </dev/null; { read -r _ <&3; kill -KILL 0; } & exec 3<&-\n"

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
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD + command],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float) -> Ended:
        """Wait for the end, at most so long, and clean up whatever the step has left running."""
        try:
            code = self._process.wait(seconds)
            problem = None if code == 0 else _meaning(code)
        except subprocess.TimeoutExpired:
            problem = f"was still running after {seconds:g} s and was stopped"
        finally:
            self._kill()
        return Ended(problem=problem, last_lines=last_lines(self._log))

    def cancel(self) -> None:
        """Stop the step now."""
        self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


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
