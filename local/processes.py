"""Starts child processes, waits until they answer, and leaves none behind.

Every process writes to a log file of its own and leads a process group. It dies with this program:
by `close`, and on Linux also when this program is killed, since the kernel then sends SIGTERM.
That signal follows the *thread* that started the process, so start services from a thread that
lives as long as they should.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from local.ports import is_free
from local.probes import Probe, says_ready

POLL = 0.02
GRACE = 8.0
LAST_LINES = 15


class ProcessError(Exception):
    """A process cannot start, did not come up or has ended; the message names it and says why."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A process to be: what runs, how one knows that it is up, and which ports it needs."""

    name: str
    command: Sequence[str | Path]
    ready: Probe = says_ready
    ports: Mapping[str, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    patience: float = 60.0


class Running:
    """A service's process, and what it wrote since it started."""

    def __init__(self, service: Service, log: Path) -> None:
        _require_free(service)
        self.service = service
        self.log = log
        self.began = time.monotonic()
        self._start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                service.command,
                cwd=service.folder,
                env={**os.environ, **service.environment},  # noqa: TID251 - Children inherit it.
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - One system call, no lock is taken.
            )

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.poll()

    def output(self) -> str:
        """What it has written since it started."""
        with self.log.open("rb") as file:
            file.seek(self._start)
            return file.read().decode(errors="replace")

    def is_up(self) -> bool:
        """Whether it answers. Raises ProcessError when it has ended instead."""
        if self.status is not None:
            raise ProcessError(self.explain(f"ended with status {self.status}"))
        return self.service.ready(self.output())

    def explain(self, what: str) -> str:
        """A sentence about this process, with the last lines that it wrote."""
        lines = self.output().splitlines()[-LAST_LINES:]
        told = "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"
        return f"{self.service.name} {what}. Its last lines, from {self.log}:\n{told}"

    def stop(self, grace: float) -> None:
        """Ask it to end; end it and its whole group when it has not done so in time."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self.kill()

    def kill(self) -> None:
        """End it and its whole group at once, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


class Supervisor:
    """The processes of one stack by name, in the order in which they were started.

    A process that is told to end has `grace` seconds for it.
    """

    def __init__(self, logs: Path, grace: float = GRACE) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._grace = grace
        self._running: dict[str, Running] = {}
        # Who was first started when; a restart does not change on whom a process relies.
        self._order: dict[str, None] = {}

    def start(self, *services: Service) -> None:
        """Start services side by side and wait until each is up. Raises ProcessError."""
        self.launch(*services)
        self.wait(*(service.name for service in services))

    def launch(self, *services: Service) -> None:
        """Start services side by side. Raises ProcessError naming a port that is taken."""
        for service in services:
            self._order.setdefault(service.name)
            self._running[service.name] = Running(service, self._logs / f"{service.name}.log")

    def wait(self, *names: str) -> None:
        """Wait until services that were launched are up.

        Raises:
            ProcessError: One ended, or kept silent beyond its patience.
        """
        for name in names:
            self._wait(self._running[name])

    def pid(self, name: str) -> int:
        """The id of a running process."""
        return self._running[name].pid

    def stop(self, name: str) -> None:
        """End one process gracefully."""
        self._running.pop(name).stop(self._grace)

    def kill(self, name: str) -> None:
        """Kill one process with SIGKILL, as a crash would."""
        self._running.pop(name).kill()

    def check(self) -> None:
        """Raise ProcessError when a process has ended by itself."""
        for running in self._running.values():
            if running.status is not None:
                raise ProcessError(running.explain(f"ended with status {running.status}"))

    def close(self) -> None:
        """End all, the last started first. Whatever happens, none is left."""
        for name in reversed(self._order):
            if name in self._running:
                self.stop(name)

    def _wait(self, running: Running) -> None:
        deadline = running.began + running.service.patience
        while not running.is_up():
            if time.monotonic() > deadline:
                patience = running.service.patience
                raise ProcessError(running.explain(f"did not come up within {patience:.0f} s"))
            time.sleep(POLL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _require_free(service: Service) -> None:
    for purpose, port in service.ports.items():
        if not is_free(port):
            raise ProcessError(
                f"{service.name} needs port {port} ({purpose}), and another program listens on "
                "it. End that program or choose another port."
            )


# Looked up before any fork: the child may only make the one call.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_SET_DEATH_SIGNAL = 1


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
