"""`ratchet` as a user runs it: its exit code, and what it wrote."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.main import app

ROOT = Path(__file__).parents[2]


class Said(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for other programs."""
        return json.loads(self.out)


def ratchet(*arguments: object, folder: Path = ROOT, columns: int = 100) -> Said:
    """Run a command as a process in a folder, on a terminal of so many columns."""
    command = ["/usr/bin/env", f"COLUMNS={columns}", f"PYTHONPATH={ROOT}", sys.executable]
    command += ["-m", "cli", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )
    return Said(done.returncode, done.stdout, done.stderr)


class Called:
    """The same command in this process, which is quicker: it reads no settings."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured

    def __call__(self, *arguments: object) -> Said:
        """Run a command in the folder of this process."""
        with pytest.raises(SystemExit) as ended:
            app([*map(str, arguments)])
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, *self._captured.readouterr())
