"""The throw-away certificate of the TLS port, and the bundle that lets clients trust it.

The authority is kept below the data folder, so that a client that runs on through a restart still
trusts the server. The bundle adds to the public authorities, since REQUESTS_CA_BUNDLE replaces
what a client would trust otherwise.
"""

import ssl
from pathlib import Path

import certifi
import trustme

from local.layout import write_secret


class Certificate:
    """A server certificate for loopback; `bundle` is the file for REQUESTS_CA_BUNDLE."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _kept_authority(folder)
        issued = authority.issue_cert("127.0.0.1", "localhost")
        self.chain, self.key = folder / "server.pem", folder / "server.key"
        write_secret(self.key, issued.private_key_pem.bytes())
        write_secret(self.chain, b"".join(one.bytes() for one in issued.cert_chain_pems))
        self.bundle = folder / "ca-bundle.pem"
        write_secret(
            self.bundle, Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes()
        )

    def client_context(self) -> ssl.SSLContext:
        """What a client in this process verifies the server with."""
        return ssl.create_default_context(cafile=self.bundle)


def _kept_authority(folder: Path) -> trustme.CA:
    chain, key = folder / "authority.pem", folder / "authority.key"
    if chain.exists() and key.exists():
        return trustme.CA.from_pem(chain.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name="Ratchet's miniature Azure")
    write_secret(key, authority.private_key_pem.bytes())
    write_secret(chain, authority.cert_pem.bytes())
    return authority
