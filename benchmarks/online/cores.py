"""One core for the server, another for who asks: else they measure each other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

SERVER, OTHERS = 0, 1
"""The server's core, by its place among those that we may use; and that of all the rest."""


@contextmanager
def on_core(place: int) -> Iterator[None]:
    """What is started here runs on one core alone; on any where the system cannot bind it."""
    if not hasattr(os, "sched_setaffinity"):  # macOS.
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(allowed)[place % len(allowed)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
