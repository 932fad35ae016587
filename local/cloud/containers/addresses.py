"""An address for each container group, as in Azure: its own IP, so that ports never clash.

All of 127.0.0.0/8 is loopback on Linux, which gives every group an IP derived from its id. Where
only 127.0.0.1 exists (macOS), a group gets the port that it asks for if that is free, and otherwise
another one; `ipAddress.ports` says which.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from local.ports import HOST, free_ports, is_free

_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class Address:
    """An IP, and the port there for each port that was asked for."""

    ip: str
    ports: dict[int, int]

    @property
    def free(self) -> bool:
        """Whether nobody listens there now."""
        return all(is_free(port, self.ip) for port in self.ports.values())


def choose(group: str, ports: Sequence[int]) -> Address:
    """An address for a group that nobody uses now."""
    same = {port: port for port in ports}
    for ip in (*_own(group), HOST):
        address = Address(ip=ip, ports=same)
        if address.free:
            return address
    others = free_ports(len(ports))
    return Address(ip=HOST, ports=dict(zip(ports, others, strict=True)))


def _own(group: str) -> Iterator[str]:
    for number in range(_TRIES):
        digest = sha256(f"{group}#{number}".encode()).digest()
        yield f"127.{64 + digest[0] % 64}.{digest[1]}.{1 + digest[2] % 254}"
