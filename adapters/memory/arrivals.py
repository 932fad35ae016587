"""Which blob versions were noted, in memory."""

from collections import defaultdict
from collections.abc import Sequence
from threading import Lock

from decisions.ports import BlobVersion

_Key = tuple[str, str, str]


class MemoryArrivals:
    """Port `Arrivals`: every blob version once, pending until it is settled."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._buckets: dict[str, dict[_Key, int]] = defaultdict(dict)
        self._pending: dict[str, dict[_Key, BlobVersion]] = defaultdict(dict)
        self._admitted: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def note(self, model: str, blob: BlobVersion, bucket: int) -> int:
        """Remember a blob version once."""
        buckets, key = self._buckets[model], _key(blob)
        with self._lock:
            if key not in buckets:
                buckets[key] = bucket
                self._pending[model][key] = blob
            return buckets[key]

    def pending(self, model: str, buckets: range) -> Sequence[BlobVersion]:
        """The blobs of some buckets that nobody has opened yet."""
        noted = self._buckets[model]
        return [blob for key, blob in self._pending[model].items() if noted[key] in buckets]

    def settle(self, model: str, blob: BlobVersion, problem: str | None) -> None:
        """Record the first verdict on a blob."""
        if self._pending[model].pop(_key(blob), None) and problem is None:
            self._admitted[model].add((blob.path, blob.etag))

    def known(self, model: str) -> frozenset[tuple[str, str]]:
        """Every blob version that was noted."""
        return frozenset((path, etag) for _, path, etag in self._buckets[model])

    def admitted(self, model: str) -> frozenset[tuple[str, str]]:
        """Every blob version that was found fit."""
        return frozenset(self._admitted[model])


def _key(blob: BlobVersion) -> _Key:
    return blob.container, blob.path, blob.etag
