"""How a program answers when it is asked to compare two files: one line of JSON at the end.

It runs in the environment of a peer, so that the standard library has to do.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Work = Callable[[Path, Path], Iterable[str]]
"""Compares a reference and a current file; gives the names of what it computed."""


def answer(**ways: Work) -> None:
    """Do the work once on small files, so that all is imported; then on those that count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=ways)
    for name in ("small_reference", "small_current", "reference", "current"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    work = ways[asked.way]
    work(asked.small_reference, asked.small_current)
    idle = _peak_mib()
    begin = time.perf_counter()
    statistics = work(asked.reference, asked.current)
    seconds = time.perf_counter() - begin
    told = {"seconds": seconds, "peak_mib": _peak_mib() - idle, "statistics": sorted(statistics)}
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
