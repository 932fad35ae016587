"""Programs that do one thing with files, each a process in an environment of its own."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import ROOT, interpreter

_QUIET = {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1"}
"""No peer reports to its makers that it was measured here."""


@dataclass(frozen=True)
class Answer:
    """What a program told: its own time, its memory before and at most, and what it found."""

    seconds: float
    idle_mib: float
    peak_mib: float
    found: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """A module below `benchmarks` that is asked one way; in our environment without needs."""

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

    def ask(self, small: Sequence[Path], full: Sequence[Path]) -> Answer:
        """Have it take the small files for practice, then those that count for the record."""
        python = interpreter(self._peer, self.needs)
        command = [str(python), "-W", "ignore", "-m", f"benchmarks.{self.module}", self.way]
        command += ["--small", *map(str, small), "--full", *map(str, full)]
        done = subprocess.run(command, cwd=ROOT, env=_QUIET, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name} failed:\n{done.stderr.decode()}")
        told = json.loads(done.stdout.splitlines()[-1])
        return Answer(**{**told, "found": tuple(told["found"])})
