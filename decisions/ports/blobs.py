"""The containers of the storage account, and which blobs of them were noted."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct


class BlobVersion(Struct, frozen=True, kw_only=True):
    """One version of one blob; `path` lies below the container, `size` is in bytes."""

    container: str
    path: str
    etag: str
    size: int


class Arrivals(Protocol):
    """Which blob versions were noted for a model, and what became of each."""

    def note(self, model: str, blob: BlobVersion, bucket: int) -> int:
        """Remember a blob version once; gives the bucket under which it is remembered."""

    def pending(self, model: str, buckets: range) -> Sequence[BlobVersion]:
        """The blobs of some buckets that nobody has opened yet, the earliest first."""

    def settle(self, model: str, blob: BlobVersion, problem: str | None) -> None:
        """Record that a blob was opened and found fit, or why it is not."""

    def known(self, model: str) -> frozenset[tuple[str, str]]:
        """The (path, etag) of every blob version that was noted."""

    def admitted(self, model: str) -> frozenset[tuple[str, str]]:
        """The (path, etag) of every blob version that was opened and found fit."""


class Blobs(Protocol):
    """The containers of Ratchet's storage account."""

    def list(self, container: str, prefix: str) -> Iterable[BlobVersion]:
        """Every committed blob below a prefix that Ratchet did not write itself."""

    def find(self, container: str, path: str) -> BlobVersion:
        """A blob as it is now. Raises Missing."""

    def read(
        self, container: str, path: str, *, etag: str | None = None, span: range | None = None
    ) -> bytes:
        """Its bytes, or a span of them. Raises Missing when gone or no longer under that ETag."""

    def write(self, container: str, path: str, content: bytes) -> str:
        """Store content, marked as Ratchet's own; gives the ETag."""

    def copy(self, blob: BlobVersion, container: str, path: str) -> None:
        """Copy a blob of this account to another place, marked as Ratchet's own."""

    def url(self, container: str, path: str) -> str:
        """The address of a blob, without any secret."""
