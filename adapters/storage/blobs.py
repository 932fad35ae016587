"""Blobs of the storage account. What Ratchet writes carries the metadata `ratchet: own`.

ETags have no quotes anywhere in Ratchet, though they have some on the wire.
"""

from collections.abc import Iterable
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, BlobProperties, BlobServiceClient

from adapters.errors import translated
from decisions.errors import Conflict, Missing
from decisions.ports import BlobVersion

_ROLE = "Storage Blob Data Contributor"
_OWN = {"ratchet": "own"}
_NOT_IN_RANGE = 416


class AzureBlobs:
    """Port `Blobs`."""

    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service

    def list(self, container: str, prefix: str) -> Iterable[BlobVersion]:
        """Every blob with content below a prefix that is complete and not Ratchet's own."""
        with translated(f"list {container}/{prefix}", _ROLE):
            for blob in self._service.get_container_client(container).list_blobs(
                name_starts_with=prefix, include=["metadata", "copy"]
            ):
                if _counts(blob):
                    yield _version(container, blob)

    def names(self, container: str, prefix: str) -> Iterable[str]:
        """The path of every blob below a prefix."""
        with translated(f"list {container}/{prefix}", _ROLE):
            yield from self._service.get_container_client(container).list_blob_names(
                name_starts_with=prefix
            )

    def find(self, container: str, path: str) -> BlobVersion:
        """A blob as it is now."""
        with translated(f"look at {container}/{path}", _ROLE):
            return _version(container, self._blob(container, path).get_blob_properties())

    def read(
        self, container: str, path: str, *, etag: str | None = None, span: range | None = None
    ) -> bytes:
        """Its bytes, or a span of them as far as the blob reaches.

        A blob that changed answers 412 and one in the archive tier 409: neither is there to be
        read under the name that was given.
        """
        options = _only_if(etag)
        if span is not None:
            options |= {"offset": span.start, "length": max(len(span), 1)}
        try:
            with translated(f"read {container}/{path}", _ROLE):
                content = _content(self._blob(container, path), options)
        except Conflict as error:
            raise Missing(str(error)) from error
        return content if span is None else content[: len(span)]

    def write(self, container: str, path: str, content: bytes) -> str:
        """Store content, marked as Ratchet's own."""
        with translated(f"write {container}/{path}", _ROLE):
            answer = self._blob(container, path).upload_blob(content, overwrite=True, metadata=_OWN)
            return _bare(answer["etag"])

    def create(self, container: str, path: str, content: bytes) -> bool:
        """Store content, marked as Ratchet's own, unless there is a blob.

        A call whose first answer was lost may find its own blob, and say that there was one.
        """
        try:
            with translated(f"create {container}/{path}", _ROLE):
                self._blob(container, path).upload_blob(content, overwrite=False, metadata=_OWN)
        except Conflict:
            return False
        return True

    def copy(self, blob: BlobVersion, container: str, path: str) -> None:
        """Copy a blob, marked as Ratchet's own. Raises Missing when it is no longer that one."""
        target = self._blob(container, path)
        try:
            with translated(f"copy {blob.container}/{blob.path} to {container}/{path}", _ROLE):
                target.start_copy_from_url(
                    self._blob(blob.container, blob.path).url,
                    metadata=_OWN,
                    source_etag=f'"{blob.etag}"',
                    source_match_condition=MatchConditions.IfNotModified,
                )
        except Conflict as error:
            raise Missing(str(error)) from error

    def url(self, container: str, path: str) -> str:
        """The address of a blob; a SAS of the connection string is not part of it."""
        return self._blob(container, path).url.partition("?")[0]

    def _blob(self, container: str, path: str) -> BlobClient:
        return self._service.get_blob_client(container, path)


def _content(blob: BlobClient, options: dict[str, Any]) -> bytes:
    try:
        content: bytes = blob.download_blob(**options).readall()
    except HttpResponseError as error:
        if error.status_code == _NOT_IN_RANGE:
            return b""
        raise
    return content


def _counts(blob: BlobProperties) -> bool:
    """Whether a blob is complete, has content, and was not written by Ratchet.

    A folder of an account with hierarchical namespace is a blob without content.
    """
    complete = blob.copy.status in {None, "success"}
    return bool(complete and blob.size and (blob.metadata or {}).get("ratchet") != "own")


def _version(container: str, blob: BlobProperties) -> BlobVersion:
    return BlobVersion(
        container=container,
        path=blob.name,
        etag=_bare(blob.etag),
        size=blob.size,
        modified=blob.last_modified,
    )


def _only_if(etag: str | None) -> dict[str, Any]:
    if etag is None:
        return {}
    return {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}


def _bare(etag: str) -> str:
    return etag.strip('"')
