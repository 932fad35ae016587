"""How the examining process is held: it gives up, for good, what it does not need.

Two means, both of the Linux kernel, neither of which needs a privilege:

* **limits** (setrlimit): address space, processor time, bytes written to any file, no core dump.
  Memory without end, a loop without end and a full disk end the process. (Not the number of
  processes: that limit counts a user's other processes too and does not bind root; none can be
  started anyway.)
* **system calls** (seccomp, `seccomp`): no file is opened, looked at, changed or removed; nothing
  is sent anywhere; no process or program is started, traced, read or signalled; no new code is
  put into memory. What was open before is closed, but for the three descriptors of the parent.

A return code is not taken for the deed: when both are set, the process tries what it must no
longer be able to do, and refuses the model if anything of it succeeds. Where a means is missing
(macOS, another processor, a sandbox without seccomp) no model is examined and none admitted.

References: setrlimit(2), seccomp(2).
"""

import ctypes
import mmap
import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scoring.admission import seccomp
from scoring.admission.verdict import MEBIBYTE, Limits, Refused

MEANS = (
    "memory, processor time and written bytes bounded (setrlimit)",
    "no files, network, programs or other processes (seccomp)",
)
_VERDICT_SIZE = 4 * MEBIBYTE


def bound(limits: Limits) -> None:
    """Give up resources, before anything is loaded. Raises Refused where that is not possible."""
    problem = seccomp.missing()
    if problem:
        raise _unconfined(problem)
    for name, pair in _bounds(limits).items():
        resource.setrlimit(name, pair)
        if resource.getrlimit(name) != pair:
            raise _unconfined("a limit (setrlimit) is taken and not kept")


def confine(limits: Limits) -> tuple[str, ...]:
    """Give up everything but computing, when all that is needed is loaded; names the means.

    Raises Refused where a means is missing or does not hold.
    """
    for open_file in list(Path("/proc/self/fd").iterdir()):
        if int(open_file.name) > 2:
            with suppress(OSError):  # The listing itself was one of them.
                os.close(int(open_file.name))
    problem = seccomp.install()
    if problem:
        raise _unconfined(problem)
    prove(limits)
    return MEANS


def prove(limits: Limits) -> None:
    """Try what a confined process cannot do. Raises Refused if any of it succeeds."""
    for deed, attempt in _ATTEMPTS.items():
        with suppress(PermissionError):
            attempt()
            raise _unconfined(f"seccomp is taken and does not hold: it could {deed}")
    with suppress(OSError):
        mmap.mmap(-1, limits.memory)
        raise _unconfined("the limit of memory (setrlimit) is taken and does not hold")


def _bounds(limits: Limits) -> dict[int, tuple[int, int]]:
    """Each limit, soft and hard."""
    seconds = limits.processor_time
    return {
        resource.RLIMIT_AS: (limits.memory, limits.memory),
        resource.RLIMIT_FSIZE: (_VERDICT_SIZE, _VERDICT_SIZE),  # The verdict itself, and no more.
        resource.RLIMIT_CORE: (0, 0),
        # A second between the two: the first one's signal tells time from other ends.
        resource.RLIMIT_CPU: (seconds, seconds + 1),
    }


def _unconfined(problem: str) -> Refused:
    return Refused(
        "unconfined",
        f"a model is examined only where it can be confined, and {problem}; examine it on Linux "
        "(x86-64 or aarch64) whose kernel and container allow seccomp",
    )


def _ask_who_its_parent_is() -> None:
    """What no kernel ever refuses, so that a refusal can be the filter's alone."""
    if ctypes.CDLL(None).getppid() < 0:
        raise PermissionError


def _start_a_process() -> None:
    if os.fork() == 0:  # Only where the filter does not hold.
        os._exit(0)


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "ask who its parent is": _ask_who_its_parent_is,
    "open a folder": lambda: os.open("/", os.O_RDONLY),
    "look at a file": lambda: os.stat("/"),  # noqa: PTH116 - the call itself is tried.
    "make a socket": lambda: socket.socket(socket.AF_UNIX),
    "start a process": _start_a_process,
    "signal a process": lambda: os.kill(os.getpid(), 0),
}
