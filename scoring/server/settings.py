"""The server's settings, from the environment alone; what is wrong is said by name, all at once.

The server comes by its model in one of three ways: it follows the endpoint's `desired.json` in a
storage account, or it serves one model, from a folder or from a blob, whose SHA-256 is pinned. In
the last two a storage account is only for the log of inputs and predictions.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

RESERVED = "ratchet."
"""Begins the names of what the log of inputs and predictions says of a row itself."""

LOG_SETTINGS = {
    "RATCHET_LOG_SAMPLE": "the share of requests that are logged, 0 to 1; 1 unless given",
    "RATCHET_LOG_EXCLUDE": "columns that are never logged, separated by commas; none unless given",
    "RATCHET_LOG_EVERY": "after how many seconds what is queued is logged; 10 unless given",
    "RATCHET_LOG_ROWS": "with how many rows it is logged at once; 10000 unless given",
}
"""What the log of inputs and predictions is told; the app hands on those that it was given."""

SETTINGS = {
    "RATCHET_ENDPOINT": "the name of the endpoint to serve",
    "RATCHET_STORAGE": "a connection string of the storage account",
    "RATCHET_STORAGE__blobServiceUri": "instead, with an identity: the address of its blob service",
    "AZUREML_MODEL_DIR": (
        "instead of following: the folder of the model, or of the model's folder; Azure ML sets it"
    ),
    "RATCHET_MODEL_URL": (
        "instead of following, with an identity: the address of a model file in blob storage"
    ),
    "RATCHET_MODEL_SHA256": "with either of them: the SHA-256 of the only file that is loaded",
    "HOST": "the address to listen on; 127.0.0.1 unless given",
    "PORT": "the port to listen on; 8080 unless given",
    "RATCHET_POLL_SECONDS": "how often the endpoint's documents are read; 2 unless given",
    "RATCHET_ENDPOINT_KEYS": "keys that open it, separated by commas; it is open unless given",
    **LOG_SETTINGS,
}
"""All that the server reads, and what for. The endpoint and one way to a model are needed."""

DIGEST = re.compile(r"[0-9a-f]{64}")
BLOB_HOST = re.compile(
    r"[a-z0-9]{3,24}(\.z[0-9]+)?\.blob\."
    r"(core\.windows\.net|storage\.azure\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net)"
)
"""The hosts of Azure's storage accounts: no other may see a token of the server's identity."""


class Misconfigured(Exception):  # noqa: N818 - says what to mend.
    """Settings are missing or wrong; one sentence a setting."""


class Storage(Struct, frozen=True, kw_only=True):
    """How to reach the storage account: a connection string, or its address and an identity."""

    connection_string: str | None = None
    url: str = ""


class Pinned(Struct, frozen=True, kw_only=True):
    """The one model that is served: the digest of its file, which lies in a folder or at a URL."""

    sha256: str
    folder: Path | None = None
    url: str | None = None


class Recording(Struct, frozen=True, kw_only=True):
    """Which inputs and predictions are logged, and how often what is queued is written."""

    sample: float = 1.0
    exclude: frozenset[str] = frozenset()
    seconds: float = 10.0
    rows: int = 10_000


class Settings(Struct, frozen=True, kw_only=True):
    """What the server is told. `keys` are those that open it; without any it is open.

    Without a pinned model the endpoint's document is followed, and there is a storage account.
    """

    endpoint: str
    storage: Storage | None
    pinned: Pinned | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    poll_seconds: float = 2.0
    keys: tuple[str, ...] = ()
    recording: Recording = Recording()


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings; an empty value is one that is not set. Raises Misconfigured."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    wrong: list[str] = []
    endpoint = _needed(given, "RATCHET_ENDPOINT", SETTINGS["RATCHET_ENDPOINT"], wrong)
    pinned = _pinned(given, wrong)
    storage = _storage(given, wrong, needed=pinned is None)
    settings = Settings(
        endpoint=endpoint,
        storage=storage,
        pinned=pinned,
        host=given.get("HOST", "127.0.0.1"),
        port=int(_number(given, "PORT", 8080, (1, 65535), wrong)),
        poll_seconds=_number(given, "RATCHET_POLL_SECONDS", 2.0, (1, 3600), wrong),
        keys=_keys(given, wrong),
        recording=_recording(given, wrong) if storage else Recording(sample=0),
    )
    if wrong:
        raise Misconfigured("; ".join(wrong))
    return settings


def _needed(given: Mapping[str, str], name: str, what: str, wrong: list[str]) -> str:
    if name not in given:
        wrong.append(f"{name} is not set: it is {what}")
    return given.get(name, "")


def _storage(given: Mapping[str, str], wrong: list[str], *, needed: bool) -> Storage | None:
    if "RATCHET_STORAGE" in given:
        return Storage(connection_string=given["RATCHET_STORAGE"])
    if not needed and "RATCHET_STORAGE__blobServiceUri" not in given:
        return None
    what = "the address of the blob service (or RATCHET_STORAGE a connection string)"
    return Storage(url=_needed(given, "RATCHET_STORAGE__blobServiceUri", what, wrong))


def _pinned(given: Mapping[str, str], wrong: list[str]) -> Pinned | None:
    """The model that is to be served; its address is not repeated, since it may hold a secret."""
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


def _number(
    given: Mapping[str, str], name: str, default: float, allowed: tuple[int, int], wrong: list[str]
) -> float:
    least, most = allowed
    try:
        value = float(given.get(name, default))
    except ValueError:
        value = float("nan")
    if least <= value <= most:
        return value
    wrong.append(f"{name} has to be from {least} to {most}: {given[name]!r}")
    return default


def _recording(given: Mapping[str, str], wrong: list[str]) -> Recording:
    """What is logged; soon enough for the minute that drift waits after the end of a window."""
    exclude = _listed(given, "RATCHET_LOG_EXCLUDE")
    if any(name.startswith(RESERVED) for name in exclude):
        wrong.append(f"RATCHET_LOG_EXCLUDE names columns of the log itself, {RESERVED}…")
    return Recording(
        sample=_number(given, "RATCHET_LOG_SAMPLE", 1.0, (0, 1), wrong),
        exclude=frozenset(exclude),
        seconds=_number(given, "RATCHET_LOG_EVERY", 10.0, (1, 30), wrong),
        rows=int(_number(given, "RATCHET_LOG_ROWS", 10_000, (1, 50_000), wrong)),
    )


def _keys(given: Mapping[str, str], wrong: list[str]) -> tuple[str, ...]:
    """The keys; a value that holds none must not silently leave the endpoint open."""
    keys = _listed(given, "RATCHET_ENDPOINT_KEYS")
    if "RATCHET_ENDPOINT_KEYS" in given and not keys:
        wrong.append("RATCHET_ENDPOINT_KEYS holds no key")
    return keys


def _listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What stands between the commas of a setting."""
    return tuple(each.strip() for each in given.get(name, "").split(",") if each.strip())
