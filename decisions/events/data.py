"""Data arrives, and is looked at."""

from msgspec import Struct

from decisions.events.event import Event


class DataArrived(Event, frozen=True, kw_only=True):
    """Blobs were noted during one ten-second bucket (`bucket` is its start, seconds since 1970).

    With `since`, blobs that nobody opened are left over from the buckets between the two.
    """

    bucket: int
    since: int | None = None

    @property
    def cause(self) -> str:
        """One happening a bucket."""
        left_over = "" if self.since is None else f"/{self.since}"
        return f"data/{self.bucket}{left_over}"


class Quarantined(Struct, frozen=True, kw_only=True):
    """A file that broke its contract, and why."""

    path: str
    etag: str
    reason: str


class DataInspected(Event, frozen=True, kw_only=True):
    """Blobs were opened: `admitted` files of `size` bytes are fit for training.

    `batch` is the digest of which blobs they were, so that a late one makes an event of its own.
    """

    batch: str
    admitted: int
    size: int
    quarantined: tuple[Quarantined, ...] = ()

    @property
    def cause(self) -> str:
        """One verdict a batch of blobs."""
        return f"inspected/{self.batch}"
