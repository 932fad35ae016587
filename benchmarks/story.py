"""How long the demo takes, once it is installed."""

import subprocess
import sys
import time

from benchmarks.measure import Figure

_BOUND = 120


def figures() -> list[Figure]:
    """The whole command, as a user runs it."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "cli", "demo"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    return [
        Figure(
            what="make demo, seconds after installation",
            value=f"{seconds:.0f}",
            bound=f"under {_BOUND}",
            holds=seconds < _BOUND,
        )
    ]
