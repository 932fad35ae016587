"""Processes that never outlive this program, however it ends.

A shell starts a watcher and then becomes the command. The watcher reads the standard input, which
only this program can write to and never does: the read ends when this program has ended, and the
watcher kills the whole process group. Whoever waits for the command kills the group as well, so the
watcher does not outlive it.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_GUARD = "exec 3<&0 </dev/null; { read -r _ <&3; kill -KILL 0; } & exec 3<&-\n"


def spawn(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start a command in a group of its own, with all that it says in one file."""
    with log.open("wb") as output:
        return subprocess.Popen(
            ["/bin/sh", "-c", _GUARD + 'exec "$@"', "sh", *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a command, its watcher and all that it started, and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
