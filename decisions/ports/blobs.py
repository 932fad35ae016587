"""The containers of the storage account, and which blobs of them were noted."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from decisions.events import Moment


class BlobVersion(Struct, frozen=True, kw_only=True):
    """One version of one blob; `path` lies below the container, `size` is in bytes.

    `modified`, in whole seconds, is known of what the storage account itself was asked for.
    """

    container: str
    path: str
    etag: str
    size: int
    modified: Moment | None = None


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

    def names(self, container: str, prefix: str) -> Iterable[str]:
        """The path of every blob below a prefix, whoever wrote it."""

    def find(self, container: str, path: str) -> BlobVersion:
        """A blob as it is now. Raises Missing."""

    def read(
        self, container: str, path: str, *, etag: str | None = None, span: range | None = None
    ) -> bytes:
        """Its bytes, or a span of them. Raises Missing when gone or no longer under that ETag."""

    def write(self, container: str, path: str, content: bytes) -> str:
        """Store content, marked as Ratchet's own; gives the ETag."""

    def create(self, container: str, path: str, content: bytes) -> bool:
        """Store content as Ratchet's own unless there is a blob; gives whether there was none.

        Of any number of hosts that create the same blob exactly one does, and it stays as it is.
        """

    def copy(self, blob: BlobVersion, container: str, path: str) -> None:
        """Copy a blob of this account to another place, marked as Ratchet's own."""

    def url(self, container: str, path: str) -> str:
        """The address of a blob, without any secret."""
