"""Loopback ports: finding free ones, and saying who cannot have a taken one."""

import random
import socket
from collections.abc import Iterable

HOST = "127.0.0.1"
# Below the range from which systems take the source ports of outgoing connections: a process that
# is restarted finds its port still free.
CANDIDATES = range(20_000, 32_000)


def is_free(port: int, host: str = HOST) -> bool:
    """Whether nothing listens on a loopback port (connections of a dead one do not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int, taken: Iterable[int] = ()) -> list[int]:
    """Different ports on which nothing listens now, none of them among `taken`."""
    avoid = set(taken)
    order = random.SystemRandom().sample(CANDIDATES, len(CANDIDATES))
    found = (port for port in order if port not in avoid and is_free(port))
    return [next(found) for _ in range(count)]
