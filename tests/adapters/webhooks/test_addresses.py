import ipaddress

import pytest

from adapters.webhooks import addresses
from decisions.errors import Rejected, Transient

INSIDE = {
    "loopback": "127.0.0.1",
    "loopback of IPv6": "::1",
    "private, 10": "10.1.2.3",
    "private, 172.16": "172.16.0.9",
    "private, 192.168": "192.168.1.1",
    "carrier-grade translation": "100.64.0.1",
    "unique local of IPv6": "fd00::1",
}
NEVER = {
    "instance metadata": "169.254.169.254",
    "App Service identity": "169.254.129.3",
    "Azure's host": "168.63.129.16",
    "link-local of IPv6": "fe80::1",
    "multicast": "224.0.0.1",
    "multicast of IPv6": "ff02::1",
    "unspecified": "0.0.0.0",  # noqa: S104 - It is to be refused.
    "unspecified of IPv6": "::",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped loopback": "::ffff:127.0.0.1",
    "translated metadata": "64:ff9b::a9fe:a9fe",
    "tunnelled metadata": "2002:a9fe:a9fe::1",
    "Teredo": "2001::1",
}
OUTSIDE = {"IPv4": "20.50.2.1", "IPv6": "2a01:111:f403::1"}


@pytest.mark.parametrize("address", INSIDE.values(), ids=INSIDE.keys())
def test_an_inside_address_needs_a_mark(address: str) -> None:
    inside = ipaddress.ip_address(address)

    assert not addresses.allowed(inside, private=False)
    assert addresses.allowed(inside, private=True)


@pytest.mark.parametrize("private", [False, True], ids=["unmarked", "marked"])
@pytest.mark.parametrize("address", NEVER.values(), ids=NEVER.keys())
def test_some_addresses_are_never_reached(address: str, private: bool) -> None:
    assert not addresses.allowed(ipaddress.ip_address(address), private=private)


@pytest.mark.parametrize("address", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_the_public_internet_is_reached(address: str) -> None:
    assert addresses.allowed(ipaddress.ip_address(address), private=False)


def test_a_literal_address_resolves_to_itself() -> None:
    assert addresses.resolve("20.50.2.1", 443, private=False) == ["20.50.2.1"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f000001", "2130706433", "169.254.169.254"]
)
def test_a_host_that_leads_inside_is_refused(host: str) -> None:
    with pytest.raises(Rejected) as caught:
        addresses.resolve(host, 443, private=False)

    assert caught.value.code == "forbidden_address"


def test_an_unknown_name_may_be_known_later() -> None:
    with pytest.raises(Transient, match="cannot be resolved"):
        addresses.resolve("receiver.invalid", 443, private=False)


@pytest.mark.parametrize("host", [64 * "a" + ".example", "a..example"], ids=["too long", "empty"])
def test_what_is_no_name_is_refused(host: str) -> None:
    with pytest.raises(Rejected, match="not one"):
        addresses.resolve(host, 443, private=False)
