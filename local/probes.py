"""Ways to know that a process is up: it says so, it listens, or it answers over HTTP."""

import http.client
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from local.ports import HOST

# Gets what the process has written so far.
Probe = Callable[[str], bool]
TIMEOUT = 5.0


def says_ready(output: str) -> bool:
    """The contract of our own emulators: a line that begins with `ready`."""
    return any(line.startswith("ready") for line in output.splitlines())


def listens(*ports: int) -> Probe:
    """Up when all ports accept connections on loopback."""
    return lambda _: all(_accepts(port) for port in ports)


def answers(url: str) -> Probe:
    """Up when a GET of the URL is answered with 200."""
    parts = urlsplit(url)

    def probe(_: str) -> bool:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
        try:
            connection.request("GET", f"{parts.path or '/'}?{parts.query}")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), TIMEOUT).close()
    except OSError:
        return False
    return True
