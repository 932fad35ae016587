"""The page about settings, from the two tables that the programs read theirs by."""

from docs.pages.markdown import bullets, document, table
from scoring.server.settings import SETTINGS as SERVER
from wiring.settings import CONNECTIONS, OPTIONAL, REQUIRED


def page() -> str:
    """Every setting of the function app and of the scoring server."""
    return document(
        "Settings",
        "The function app reads these from its app settings, once; `ratchet …` reads them from the "
        "environment, or from the `local.settings.json` that `ratchet up` leaves. One that is "
        "missing is named by `/api/health`, by the invocation that fails and by `ratchet config "
        "check`. What `ratchet.yaml` takes by `${NAME}` is a setting too.",
        "## Needed",
        table(("Setting", "What it is"), _rows(REQUIRED)),
        "## Needed, in one of two ways",
        "A connection string, or addresses that are used with the app's managed identity. In Azure "
        "take the addresses: there is no secret in them.",
        bullets(_connection(name, parts) for name, parts in CONNECTIONS.items()),
        "## Not needed",
        table(("Setting", "What it is"), _rows(OPTIONAL)),
        "## The scoring server",
        "A program of its own, in the container of an endpoint. Ratchet sets the endpoint and the "
        "storage when it makes the container group, and hands on each `RATCHET_LOG_…` among "
        "the app's own settings. Elsewhere it may serve one model from a folder or a blob instead, "
        "see [serving](../serving.md); the storage is then needed for the log alone.",
        table(("Setting", "What it is"), _rows(SERVER)),
    )


def _rows(settings: dict[str, str]) -> list[tuple[str, str]]:
    return [(f"`{name}`", purpose) for name, purpose in settings.items()]


def _connection(name: str, parts: tuple[str, ...]) -> str:
    addresses = " and ".join(f"`{name}__{part}`" for part in parts)
    return f"`{name}`, or {addresses}"
