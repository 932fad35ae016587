"""Programs that compare two files, each a process in an environment of its own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import ROOT, interpreter

_QUIET = {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1"}
"""No peer reports to its makers that it was measured here."""


@dataclass(frozen=True)
class Answer:
    """What a program told: its own time and memory, and what it computed."""

    seconds: float
    peak_mib: float
    statistics: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """A module below `benchmarks.drift` that is asked one way; in our environment without needs."""

    module: str
    way: str
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"{self._peer}, {self.way}"

    @property
    def _peer(self) -> str:
        return self.module.rpartition(".")[2]

    def ask(self, small: tuple[Path, Path], windows: tuple[Path, Path]) -> Answer:
        """Have it compare the small files for practice, then the windows for the record."""
        python = interpreter(self._peer, self.needs)
        command = [str(python), "-W", "ignore", "-m", f"benchmarks.drift.{self.module}"]
        command += [self.way, *map(str, small), *map(str, windows)]
        done = subprocess.run(command, cwd=ROOT, env=_QUIET, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name} failed:\n{done.stderr.decode()}")
        told = json.loads(done.stdout.splitlines()[-1])
        return Answer(told["seconds"], told["peak_mib"], tuple(told["statistics"]))
