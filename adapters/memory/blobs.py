"""The containers of a storage account, in memory: ETags are counters."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from threading import Lock

from decisions.errors import Missing
from decisions.ports import BlobVersion


class MemoryBlobs:
    """Port `Blobs`, and `upload` and `delete` for whoever plays the user; `now` is its clock."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = Lock()
        self._content: dict[tuple[str, str], bytes] = {}
        self._etags: dict[tuple[str, str], str] = {}
        self._modified: dict[tuple[str, str], datetime] = {}
        self._own: set[tuple[str, str]] = set()
        self._numbers = count(1)

    def upload(self, container: str, path: str, content: bytes) -> BlobVersion:
        """Store content as a user would."""
        self._store(container, path, content)
        self._own.discard((container, path))
        return self.find(container, path)

    def delete(self, container: str, path: str) -> None:
        """Delete a blob as a user would."""
        del self._content[container, path]

    def list(self, container: str, prefix: str) -> Iterable[BlobVersion]:
        """Every blob with content below a prefix that Ratchet did not write itself."""
        return [
            self.find(*place)
            for place in sorted(self._content.keys() - self._own)
            if place[0] == container and place[1].startswith(prefix) and self._content[place]
        ]

    def names(self, container: str, prefix: str) -> Iterable[str]:
        """The path of every blob below a prefix."""
        return sorted(
            path
            for kept, path in list(self._content)
            if kept == container and path.startswith(prefix)
        )

    def find(self, container: str, path: str) -> BlobVersion:
        """A blob as it is now."""
        content = self.read(container, path)
        return BlobVersion(
            container=container,
            path=path,
            etag=self._etags[container, path],
            size=len(content),
            modified=self._modified[container, path],
        )

    def read(
        self, container: str, path: str, *, etag: str | None = None, span: range | None = None
    ) -> bytes:
        """Its bytes, or a span of them."""
        content = self._content.get((container, path))
        if content is None or (etag and etag != self._etags[container, path]):
            raise Missing(f"{container}/{path} is gone, or not the version {etag} any more")
        return content if span is None else content[span.start : span.stop]

    def write(self, container: str, path: str, content: bytes) -> str:
        """Store content, marked as Ratchet's own."""
        self._own.add((container, path))
        return self._store(container, path, content)

    def create(self, container: str, path: str, content: bytes) -> bool:
        """Store content, marked as Ratchet's own, unless there is a blob."""
        with self._lock:
            if (container, path) in self._content:
                return False
            self.write(container, path, content)
            return True

    def copy(self, blob: BlobVersion, container: str, path: str) -> None:
        """Copy a blob, marked as Ratchet's own."""
        self.write(container, path, self.read(blob.container, blob.path, etag=blob.etag))

    def url(self, container: str, path: str) -> str:
        """The address of a blob."""
        return f"memory://{container}/{path}"

    def _store(self, container: str, path: str, content: bytes) -> str:
        self._content[container, path] = content
        self._etags[container, path] = f"0x{next(self._numbers):X}"
        self._modified[container, path] = self._now().replace(microsecond=0)
        return self._etags[container, path]
