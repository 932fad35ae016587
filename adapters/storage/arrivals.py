"""Which blobs were noted for a model, in the table `arrivals`: one partition a model.

Every blob version has a permanent row, `v-KEY`, with what became of it. As long as nobody opened
the blob there is a second row, `p-BUCKET-KEY`, so that what is pending is found without reading
what is done. The two are inserted together, and the second goes when the first gets its verdict.
"""

from collections.abc import Sequence
from contextlib import suppress

import msgspec
from azure.data.tables import TableClient, TableEntity

from adapters.storage.rows import Rows, delete, insert, packed, put, unpacked
from decisions.codec import encode
from decisions.errors import Conflict, Missing
from decisions.names import blob_key
from decisions.ports import BlobVersion

_LONGEST_PROBLEM = 10_000


class TableArrivals:
    """Port `Arrivals`; `account` names the storage account that the blobs are in."""

    def __init__(self, table: TableClient, account: str) -> None:
        self._rows = Rows(table)
        self._account = account

    def note(self, model: str, blob: BlobVersion, bucket: int) -> int:
        """Remember a blob version once."""
        key, document = self._key(blob), packed(encode(blob))
        version = insert(_version(key), {**document, "bucket": str(bucket)})
        try:
            self._rows.write(model, version, insert(_pending(bucket, key), document))
        except Conflict:
            return int(self._row(model, key)["bucket"])
        return bucket

    def pending(self, model: str, buckets: range) -> Sequence[BlobVersion]:
        """The blobs of some buckets that nobody has opened yet, the earliest first."""
        first, end = _pending(buckets.start, ""), _pending(buckets.stop, "")
        rows = self._rows.between(model, first, end)
        return [_blob(row) for row in rows]

    def settle(self, model: str, blob: BlobVersion, problem: str | None) -> None:
        """Record the verdict on a blob, once: the pending row's end is the proof."""
        key = self._key(blob)
        row = self._row(model, key)
        verdict = {"fit": problem is None, "problem": (problem or "")[:_LONGEST_PROBLEM]}
        settled = put(_version(key), {**packed(encode(blob)), "bucket": row["bucket"], **verdict})
        with suppress(Missing):
            self._rows.write(model, delete(_pending(int(row["bucket"]), key)), settled)

    def known(self, model: str) -> frozenset[tuple[str, str]]:
        """Every blob version that was noted."""
        return frozenset((blob.path, blob.etag) for blob in map(_blob, self._versions(model)))

    def admitted(self, model: str) -> frozenset[tuple[str, str]]:
        """Every blob version that was found fit."""
        fit = [_blob(row) for row in self._versions(model) if row.get("fit")]
        return frozenset((blob.path, blob.etag) for blob in fit)

    def _versions(self, model: str) -> Sequence[TableEntity]:
        return list(self._rows.between(model, "v-", "v."))

    def _row(self, model: str, key: str) -> TableEntity:
        row = self._rows.find(model, _version(key))
        if row is None:
            raise Missing(f"no arrival {key} was noted for {model}")
        return row

    def _key(self, blob: BlobVersion) -> str:
        return blob_key(self._account, blob.container, blob.path, blob.etag)


def _version(key: str) -> str:
    return f"v-{key}"


def _pending(bucket: int, key: str) -> str:
    return f"p-{bucket:012d}-{key}"


def _blob(row: TableEntity) -> BlobVersion:
    return msgspec.json.decode(unpacked(row), type=BlobVersion)
