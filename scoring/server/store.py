"""The store in Azure Blob Storage: the one module of `scoring` that knows Azure."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, BlobServiceClient, ContentSettings

from scoring.errors import Unsuitable
from scoring.server.settings import Misconfigured, Storage
from scoring.server.source import Document, Missing, Unavailable

CONTAINER = "endpoints"
LOG = "inference"
MODEL = "model.onnx"
NOT_MODIFIED = 304
# The server itself tries again and keeps serving meanwhile. Short waits keep a stop short, too.
PATIENCE: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 10, "retry_total": 0}
# Except for the log, which nobody waits for and nobody writes again: after 1, 3 and 5 s, about.
BACKOFF: dict[str, Any] = {"initial_backoff": 1, "increment_base": 2, "random_jitter_range": 1}
LOG_RETRIES = 3
JSON = ContentSettings(content_type="application/json")
PARQUET = ContentSettings(content_type="application/vnd.apache.parquet")


class BlobStore:
    """The documents of one endpoint, and any model of the account that they name."""

    def __init__(self, service: BlobServiceClient, endpoint: str) -> None:
        self._service = service
        self._endpoint = endpoint

    def desired(self, known: str | None) -> Document | None:
        """What the endpoint is to serve; None when it still has the known tag."""
        blob = self._service.get_blob_client(CONTAINER, f"{self._endpoint}/desired.json")
        with _translated(f"{self._endpoint}/desired.json"):
            try:
                download = (
                    blob.download_blob(etag=known, match_condition=MatchConditions.IfModified)
                    if known
                    else blob.download_blob()
                )
            except HttpResponseError as problem:
                if problem.status_code == NOT_MODIFIED:
                    return None
                raise
            return Document(download.readall(), download.properties.etag)

    def model(self, folder: str, limit: int) -> bytes:
        """The model file of a folder. Raises Unsuitable above `limit` bytes."""
        container, prefix = folder.split("/", 1)
        blob = self._service.get_blob_client(container, f"{prefix}/{MODEL}")
        with _translated(f"{folder}/{MODEL}"):
            return _read(blob, limit)

    def report(self, status: bytes) -> None:
        """Replace the endpoint's status."""
        blob = self._service.get_blob_client(CONTAINER, f"{self._endpoint}/status.json")
        with _translated(f"{self._endpoint}/status.json"):
            blob.upload_blob(status, overwrite=True, content_settings=JSON)

    def keep(self, path: str, content: bytes) -> None:
        """Keep a file of the endpoint's log; one that is there under this path already stays.

        It is this very file: paths are never used twice, so an earlier try got through unnoticed.
        """
        blob = self._service.get_blob_client(LOG, f"{self._endpoint}/{path}")
        with _translated(f"{LOG}/{self._endpoint}/{path}"), suppress(ResourceExistsError):
            blob.upload_blob(content, content_settings=PARQUET, retry_total=LOG_RETRIES)


class ModelBlob:
    """One model file, by the address of its blob."""

    def __init__(self, blob: BlobClient) -> None:
        self._blob = blob

    def read(self, limit: int) -> bytes:
        """Its bytes. Raises Unsuitable above `limit` of them, Missing or Unavailable."""
        with _translated(f"{self._blob.container_name}/{self._blob.blob_name}"):
            return _read(self._blob, limit)


def open_model(url: str) -> ModelBlob:
    """The model file at an address, which is read with the server's identity."""
    from azure.identity import DefaultAzureCredential

    return ModelBlob(BlobClient.from_blob_url(url, DefaultAzureCredential(), **PATIENCE))


def open_store(storage: Storage, endpoint: str) -> BlobStore:
    """The endpoint's store; nothing is asked of Azure yet. Raises Misconfigured."""
    try:
        return BlobStore(_service(storage), endpoint)
    except ValueError as problem:
        raise Misconfigured(f"RATCHET_STORAGE cannot be used: {problem}") from problem


def _service(storage: Storage) -> BlobServiceClient:
    if storage.connection_string is not None:
        return BlobServiceClient.from_connection_string(
            storage.connection_string, **PATIENCE, **BACKOFF
        )
    from azure.identity import DefaultAzureCredential

    credential = DefaultAzureCredential()
    return BlobServiceClient(storage.url, credential=credential, **PATIENCE, **BACKOFF)


def _read(blob: BlobClient, limit: int) -> bytes:
    download = blob.download_blob()
    if download.size > limit:
        raise Unsuitable(f"{MODEL} has {download.size:,} bytes, of at most {limit:,}")
    return download.readall()


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except ResourceNotFoundError as problem:
        raise Missing(f"there is no {what}") from problem
    except AzureError as problem:
        # Azure's messages carry addresses and request ids; the first line says what happened.
        reason = (str(problem).splitlines() or [type(problem).__name__])[0][:200]
        raise Unavailable(f"{what} cannot be reached: {reason}") from problem
