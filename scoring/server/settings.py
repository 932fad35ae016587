"""The server's settings, from the environment alone; what is wrong is said by name, all at once.

The server comes by its model in one of three ways: it follows the endpoint's `desired.json` in a
storage account, or it serves one model, from a folder or from a blob, whose SHA-256 is pinned. In
the last two a storage account is only for the log of inputs and predictions.
"""

from collections.abc import Mapping

from msgspec import Struct

from scoring.server.pins import Pinned, read_pinned

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


class Misconfigured(Exception):  # noqa: N818 - says what to mend.
    """Settings are missing or wrong; one sentence a setting."""


class Storage(Struct, frozen=True, kw_only=True):
    """How to reach the storage account: a connection string, or its address and an identity."""

    connection_string: str | None = None
    url: str = ""


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
    """The settings; an empty value is one that is not set, but for keys. Raises Misconfigured."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    wrong: list[str] = []
    endpoint = _needed(given, "RATCHET_ENDPOINT", SETTINGS["RATCHET_ENDPOINT"], wrong)
    pinned = read_pinned(given, wrong)
    storage = _storage(given, wrong, needed=pinned is None)
    settings = Settings(
        endpoint=endpoint,
        storage=storage,
        pinned=pinned,
        host=given.get("HOST", "127.0.0.1"),
        port=int(_number(given, "PORT", 8080, (1, 65535), wrong)),
        poll_seconds=_number(given, "RATCHET_POLL_SECONDS", 2.0, (1, 3600), wrong),
        keys=_keys(environment, wrong),
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
    exclude = listed(given.get("RATCHET_LOG_EXCLUDE", ""))
    if any(name.startswith(RESERVED) for name in exclude):
        wrong.append(f"RATCHET_LOG_EXCLUDE names columns of the log itself, {RESERVED}…")
    return Recording(
        sample=_number(given, "RATCHET_LOG_SAMPLE", 1.0, (0, 1), wrong),
        exclude=frozenset(exclude),
        seconds=_number(given, "RATCHET_LOG_EVERY", 10.0, (1, 30), wrong),
        rows=int(_number(given, "RATCHET_LOG_ROWS", 10_000, (1, 50_000), wrong)),
    )


def _keys(environment: Mapping[str, str], wrong: list[str]) -> tuple[str, ...]:
    """The keys; a value that holds none, be it empty, must not silently leave the endpoint open."""
    keys = listed(environment.get("RATCHET_ENDPOINT_KEYS", ""))
    if "RATCHET_ENDPOINT_KEYS" in environment and not keys:
        wrong.append("RATCHET_ENDPOINT_KEYS holds no key")
    return keys


def listed(setting: str) -> tuple[str, ...]:
    """What stands between the commas of a setting."""
    return tuple(each.strip() for each in setting.split(",") if each.strip())
