"""A Resource Manager that answers what a test wants, over TLS as the real one."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from azure.core.credentials import AccessToken

from adapters.arm import Arm
from tests.adapters.receiver import Receiver


class Credential:
    """Gives the same token for every scope."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(f"token for {scopes[0]}", 4_000_000_000)


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server with a certificate that this process trusts for as long as the test runs."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with Receiver(context) as running:
        yield running


@pytest.fixture
def arm(manager: Receiver) -> Arm:
    """A client of that server."""
    return Arm(manager.url, Credential(), "scope/.default", "Owner")
