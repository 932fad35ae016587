"""`ratchet` as a user runs it: a process with its exit code and what it wrote."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

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

    @property
    def words(self) -> str:
        """What it printed, wherever its lines were broken."""
        return " ".join(self.out.split())


def ratchet(*arguments: object, folder: Path = ROOT, columns: int = 100) -> Said:
    """Run a command in a folder, on a terminal of so many columns."""
    command = ["/usr/bin/env", f"COLUMNS={columns}", f"PYTHONPATH={ROOT}", sys.executable]
    command += ["-m", "cli", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )
    return Said(done.returncode, done.stdout, done.stderr)
