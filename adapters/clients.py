"""Microsoft's clients, made from one setting each.

A setting is either a connection string or an address; an address is used with the app's managed
identity. Clients connect on first use, are safe to share between threads, and give up early: no
function waits long for a service, since whoever called it will be called again.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

    from azure.core.credentials import TokenCredential
    from azure.data.tables import TableServiceClient
    from azure.servicebus import ServiceBusClient
    from azure.storage.blob import BlobServiceClient

_CONNECT, _READ = 5, 20
_RETRIES = 2


@lru_cache(maxsize=1)
def credential() -> "TokenCredential":
    """The identity of this process: managed in Azure, the developer's own on a laptop."""
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


def blob_service(place: str) -> "BlobServiceClient":
    """Blob Storage, from a connection string or https://ACCOUNT.blob.core.windows.net."""
    from azure.storage.blob import BlobServiceClient, LinearRetry

    brief = LinearRetry(backoff=1, retry_total=_RETRIES, random_jitter_range=1)
    options: dict[str, Any] = {
        "retry_policy": brief,
        "connection_timeout": _CONNECT,
        "read_timeout": _READ,
    }
    if _is_address(place):
        return BlobServiceClient(place, credential=credential(), **options)
    return BlobServiceClient.from_connection_string(place, **options)


def table_service(place: str) -> "TableServiceClient":
    """Table Storage, from a connection string or https://ACCOUNT.table.core.windows.net."""
    from azure.data.tables import TableServiceClient

    options: dict[str, Any] = {
        "retry_total": _RETRIES,
        "retry_backoff_factor": 0.5,
        "connection_timeout": _CONNECT,
        "read_timeout": _READ,
    }
    if _is_address(place):
        return TableServiceClient(place, credential=credential(), **options)
    return TableServiceClient.from_connection_string(place, **options)


def servicebus_client(place: str) -> "ServiceBusClient":
    """Service Bus, from a connection string or NAMESPACE.servicebus.windows.net."""
    from azure.servicebus import ServiceBusClient

    options: dict[str, Any] = {
        "retry_total": _RETRIES,
        "retry_backoff_factor": 0.1,
        "ssl_context": trust(),
    }
    if "=" in place:
        return ServiceBusClient.from_connection_string(place, **options)
    return ServiceBusClient(place, credential(), **options)


@lru_cache(maxsize=1)
def trust() -> "ssl.SSLContext":
    """Whom clients of Service Bus trust: the system's certificates, read once.

    Left to itself, the client reads them anew for every connection, which each sender, receiver and
    session has of its own: six times the work of all the rest of connecting.
    """
    import ssl

    return ssl.create_default_context()


def _is_address(place: str) -> bool:
    return place.startswith(("https://", "http://"))
