"""An address for each container group, as in Azure: its own IP, so that ports never clash.

All of 127.0.0.0/8 is loopback on Linux, which gives every group an IP derived from its id. Where
only 127.0.0.1 exists (macOS), a group gets the port that it asks for if that is free, and otherwise
another one; `ipAddress.ports` says which.
"""

import contextlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class Address:
    """An IP, and the port there for each port that was asked for."""

    ip: str
    ports: dict[int, int]

    @property
    def free(self) -> bool:
        """Whether nobody listens there now."""
        return all(_can_bind(self.ip, port) for port in self.ports.values())


def choose(group: str, ports: Sequence[int]) -> Address:
    """An address for a group that nobody uses now."""
    same = {port: port for port in ports}
    for ip in (*_own(group), "127.0.0.1"):
        address = Address(ip=ip, ports=same)
        if address.free:
            return address
    return Address(ip="127.0.0.1", ports={port: _any_port() for port in ports})


def _own(group: str) -> Iterator[str]:
    for number in range(_TRIES):
        digest = sha256(f"{group}#{number}".encode()).digest()
        yield f"127.{64 + digest[0] % 64}.{digest[1]}.{1 + digest[2] % 254}"


def _can_bind(ip: str, port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        # Without this, a port whose last connection was closed a minute ago would seem in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
