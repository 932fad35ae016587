"""Which requests commit a blob, and the event that a storage account raises for each.

Source: Azure/azure-rest-api-specs, Microsoft.Storage 2018-01-01, StorageBlobCreatedEventData (MIT);
learn.microsoft.com, "Azure Blob Storage as an Event Grid source". Blocks, properties, metadata,
leases and containers raise nothing, nor do the accounts' own containers.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.eventgrid.schemas import Event
from local.eventgrid.watcher.heads import Head

_OWN_CONTAINERS = ("$logs", "$blobchangefeed")
_CREATED = range(200, 300)


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A request that made a blob what it is now."""

    api: str
    account: str
    container: str
    blob: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the blob then is."""

    content_type: str
    length: int
    blob_type: str


def commit(request: Head, answer: Head) -> Commit | None:
    """The commit in a request that was answered with success; None for everything else."""
    method, target, _ = request.start
    if method != "PUT" or answer.status not in _CREATED:
        return None
    parts = urlsplit(target)
    account, _, rest = parts.path.lstrip("/").partition("/")
    container, _, blob = rest.partition("/")
    api = _api(request, parse_qs(parts.query))
    if api is None or not blob or container in _OWN_CONTAINERS:
        return None
    return Commit(
        api=api,
        account=account,
        container=unquote(container),
        blob=unquote(blob),
        path=parts.path,
    )


def stated_content(request: Head) -> Content:
    """What the blob is after a PutBlob, which says it all itself."""
    headers = request.headers
    blob_type = headers.get("x-ms-blob-type", "BlockBlob")
    stated = headers.get("x-ms-blob-content-type") or headers.get("content-type")
    pages = int(headers.get("x-ms-blob-content-length", "0"))
    return Content(
        content_type=stated or "application/octet-stream",
        length=request.length if blob_type == "BlockBlob" else pages,
        blob_type=blob_type,
    )


class Sequencer:
    """Numbers that grow, over restarts too, and compare as text: events of one blob in order."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """The next one."""
        self._last = max(self._last + 1, time.time_ns())
        return f"{self._last:048x}"


def blob_created(
    made: Commit, content: Content, request: Head, answer: Head, *, topic: str, sequencer: str
) -> Event:
    """The event, in the Event Grid schema, with the address at which the client wrote."""
    identifier = answer.headers.get("x-ms-request-id") or str(uuid.uuid4())
    data: dict[str, Any] = {
        "api": made.api,
        "clientRequestId": request.headers.get("x-ms-client-request-id", ""),
        "requestId": identifier,
        "eTag": answer.headers.get("etag", "").strip('"'),
        "contentType": content.content_type,
        "contentLength": content.length,
        "blobType": content.blob_type,
        "url": f"http://{request.headers.get('host', '')}{made.path}",
        "sequencer": sequencer,
        "storageDiagnostics": {"batchId": str(uuid.uuid4())},
    }
    return {
        "topic": topic,
        "subject": f"/blobServices/default/containers/{made.container}/blobs/{made.blob}",
        "eventType": "Microsoft.Storage.BlobCreated",
        "id": str(uuid.uuid4()),
        "data": data,
        "dataVersion": "",
        "metadataVersion": "1",
        "eventTime": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }


def _api(request: Head, query: dict[str, list[str]]) -> str | None:
    match query.get("comp", [""])[0]:
        case "":
            if "restype" in query:
                return None
            copied = "x-ms-copy-source" in request.headers
            # With a blob type it is "Put Blob From URL", which is a PutBlob.
            return "CopyBlob" if copied and "x-ms-blob-type" not in request.headers else "PutBlob"
        case "blocklist":
            return "PutBlockList"
        case _:
            return None
