"""The certificate of the TLS port, by the authority that the control plane's clients trust."""

from pathlib import Path

import trustme

from local.layout import write_secret
from local.ports import HOST


def issue(authority: Path, folder: Path) -> tuple[Path, Path]:
    """Write a new certificate and its key into a folder. Raises OSError without an authority."""
    signer = trustme.CA.from_pem(
        (authority / "authority.pem").read_bytes(), (authority / "authority.key").read_bytes()
    )
    issued = signer.issue_cert(HOST, "localhost")
    chain, key = folder / "server.pem", folder / "server.key"
    write_secret(chain, b"".join(one.bytes() for one in issued.cert_chain_pems))
    write_secret(key, issued.private_key_pem.bytes())
    return chain, key
