"""How a program answers when it is asked to do one thing with files: one line of JSON at the end.

It runs in the environment of a peer, so that the standard library has to do.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Work = Callable[..., Iterable[str]]
"""Takes the paths of files; gives the names of what it found."""


def answer(**ways: Work) -> None:
    """Do the work once on small files, so that all is imported; then on those that count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=ways)
    parser.add_argument("--small", nargs="+", type=Path, required=True)
    parser.add_argument("--full", nargs="+", type=Path, required=True)
    asked = parser.parse_args()
    work = ways[asked.way]
    sorted(work(*asked.small))
    idle = _peak_mib()
    begin = time.perf_counter()
    found = sorted(work(*asked.full))
    seconds = time.perf_counter() - begin
    told = {"seconds": seconds, "idle_mib": idle, "peak_mib": _peak_mib(), "found": found}
    print(json.dumps(told))


def _peak_mib() -> float:
    """The most memory that this process held so far.

    On Linux `ru_maxrss` of a child begins at what its parent held; the kernel's high-water mark of
    the program itself does not.
    """
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
