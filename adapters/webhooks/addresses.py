"""Which addresses a webhook may reach: those of the public internet, after resolving the name.

Without this a subscriber's name could point into the network that Ratchet runs in, at the
platform's token service, or first at an innocent place and then, once checked, somewhere else.
"""

import ipaddress
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from decisions.errors import Rejected, Transient

Address = IPv4Address | IPv6Address

_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",  # Link-local: the instance metadata service and its tokens.
        "fe80::/10",
        "168.63.129.16/32",  # Azure's own host, on a public address.
        "::ffff:0:0/96",  # An IPv4 address in disguise: mapped into IPv6,
        "64:ff9b::/96",  # translated,
        "2002::/16",  # tunnelled (6to4),
        "2001::/32",  # tunnelled (Teredo).
    )
)


def resolve(host: str, port: int, *, private: bool) -> list[str]:
    """The addresses of a host, all of which a webhook may reach.

    One forbidden address refuses the host: a name that mixes inside and outside is a trick.
    `private` admits private and loopback addresses too, for subscribers that are marked so.
    Raises Transient when the name cannot be resolved now, Rejected when it must not be reached.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Transient(f"its host name cannot be resolved ({error.strerror})") from error
    except UnicodeError as error:
        raise Rejected("its host name is not one", "forbidden_address") from error
    addresses = list(dict.fromkeys(str(place[4][0]) for place in found))
    for address in addresses:
        if not allowed(ipaddress.ip_address(address), private=private):
            raise Rejected(
                "its host name leads to an address that webhooks may not reach; a receiver in "
                "your own network needs `private_network: true`",
                "forbidden_address",
            )
    return addresses


def allowed(address: Address, *, private: bool) -> bool:
    """Whether a webhook may go to an address.

    >>> allowed(ipaddress.ip_address("10.0.0.4"), private=False)
    False
    >>> allowed(ipaddress.ip_address("10.0.0.4"), private=True)
    True
    >>> allowed(ipaddress.ip_address("169.254.169.254"), private=True)
    False
    """
    if address.is_multicast or address.is_unspecified or _within(address, _NEVER):
        return False
    return private or address.is_global


def _within(address: Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)
