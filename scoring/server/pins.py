"""The settings of a server of one model: where its file lies, and the digest that it must have."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

DIGEST = re.compile(r"[0-9a-f]{64}")
BLOB_HOST = re.compile(
    r"[a-z0-9]{3,24}(\.z[0-9]+)?\.blob\."
    r"(core\.windows\.net|storage\.azure\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net)"
)
"""The hosts of Azure's storage accounts: no other may see a token of the server's identity."""


class Pinned(Struct, frozen=True, kw_only=True):
    """The one model that is served: the digest of its file, which lies in a folder or at a URL."""

    sha256: str
    folder: Path | None = None
    url: str | None = None


def read_pinned(given: Mapping[str, str], wrong: list[str]) -> Pinned | None:
    """The model that is to be served, None to follow an endpoint; adds to `wrong` what is wrong.

    The model's address is never repeated, since it may hold a secret.
    """
    ways = [name for name in ("AZUREML_MODEL_DIR", "RATCHET_MODEL_URL") if name in given]
    if not ways and "RATCHET_MODEL_SHA256" not in given:
        return None
    if len(ways) != 1:
        found = "both are" if ways else "none is"
        wrong.append(
            "RATCHET_MODEL_SHA256 pins the model of either AZUREML_MODEL_DIR or "
            f"RATCHET_MODEL_URL: {found} set"
        )
    url = given.get("RATCHET_MODEL_URL")
    if url is not None and not _is_blob(url):
        wrong.append(
            "RATCHET_MODEL_URL has to be https://<account>.blob.core.windows.net/<container>/<path>"
            " of a model file, without a query: the server shows its identity, and no signature"
        )
    return Pinned(
        sha256=_digest(given, wrong),
        folder=Path(given["AZUREML_MODEL_DIR"]) if "AZUREML_MODEL_DIR" in given else None,
        url=url,
    )


def _digest(given: Mapping[str, str], wrong: list[str]) -> str:
    digest = given.get("RATCHET_MODEL_SHA256", "").lower()
    if not DIGEST.fullmatch(digest):
        wrong.append(
            "RATCHET_MODEL_SHA256 has to be the 64 hexadecimal digits of the model file's SHA-256, "
            "as `ratchet model check` prints it: nothing else is loaded"
        )
    return digest


def _is_blob(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    bare = not (parts.query or parts.fragment or "?" in url or "#" in url)
    is_file = parts.path.strip("/").count("/") >= 1 and not parts.path.endswith("/")
    host = BLOB_HOST.fullmatch(parts.netloc)
    return parts.scheme == "https" and bool(host) and bare and is_file
