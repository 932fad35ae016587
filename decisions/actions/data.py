"""Uploads are opened, and listed for a training."""

from decisions.actions.action import Work


class InspectArrivals(Work, frozen=True, kw_only=True):
    """Open the blobs noted in a bucket, or since an earlier one; quarantine what is broken."""

    bucket: int
    since: int | None = None

    @property
    def buckets(self) -> range:
        """The buckets to look into."""
        return range(self.bucket if self.since is None else self.since, self.bucket + 1)

    @property
    def key(self) -> str:
        """One inspection a bucket, and one of what is left over."""
        return f"{self.buckets.start}/{self.bucket}"


class FreezeManifest(Work, frozen=True, kw_only=True):
    """List the admitted blobs as they are now and store the list under its digest."""

    attempt: int
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One freezing an attempt, and look."""
        return f"{self.attempt}/{self.ordinal}"
