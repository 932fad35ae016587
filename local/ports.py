"""Loopback ports: finding free ones that no other stack on the machine is about to take."""

import fcntl
import os
import random
import socket
import tempfile
from collections import deque
from collections.abc import Iterable
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which systems take the source ports of outgoing connections: a process that
# is restarted finds its port still free.
CANDIDATES = range(20_000, 32_000)

_MOST_CLAIMS = 200  # A descriptor each; by then the first ones are long in use.
_claims: deque[int] = deque()


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
    """Different ports on which nothing listens now, none of them among `taken`.

    They are claimed for this process, so that another one that looks for ports before anybody
    listens on these finds different ones.
    """
    avoid = set(taken)
    order = random.SystemRandom().sample(CANDIDATES, len(CANDIDATES))
    found = (port for port in order if port not in avoid and is_free(port) and _claim(port))
    return [next(found) for _ in range(count)]


def _claim(port: int) -> bool:
    """Whether nobody else claims a port; a claim is a lock on a file, which ends with its owner."""
    folder = Path(tempfile.gettempdir()) / f"ratchet-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    claim = os.open(folder / str(port), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return False
    _claims.append(claim)
    if len(_claims) > _MOST_CLAIMS:
        os.close(_claims.popleft())
    return True
