"""Step 1: read exactly the files of the manifest, and set a fixed fifth of the rows aside.

Leaves `train.parquet`, `test.parquet` (pixels and label) and `rows.parquet`: the digest of every
row and its side of the split.
"""

import argparse
import io
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobClient
from rows import COLUMNS, digests, features, is_test, labels


def credential() -> AzureNamedKeyCredential | DefaultAzureCredential:
    """The job's own identity, or the account key where a machine without one is told it.

    The names are those that Azure's command line and Azure ML's computes use.
    """
    key = os.environ.get("AZURE_STORAGE_KEY")  # noqa: TID251 - A step is a program of its own.
    if key:
        return AzureNamedKeyCredential(os.environ["AZURE_STORAGE_ACCOUNT"], key)  # noqa: TID251 - As above.
    client = os.environ.get("DEFAULT_IDENTITY_CLIENT_ID")  # noqa: TID251 - As above.
    return DefaultAzureCredential(managed_identity_client_id=client)


def read(url: str, etag: str | None = None) -> bytes:
    """The bytes of one blob; with an ETag, only while the blob still is that version."""
    blob = BlobClient.from_blob_url(url, credential=credential())
    condition = {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}
    try:
        return blob.download_blob(**(condition if etag else {})).readall()
    except ResourceModifiedError:
        raise SystemExit(
            f"{url} is no longer the version {etag} that the manifest names: it was overwritten "
            "after the manifest was frozen. Start a new run, which freezes what is there now."
        ) from None
    except ResourceNotFoundError:
        raise SystemExit(
            f"{url} does not exist any more. Upload it again or start a new run."
        ) from None


def parse(url: str, content: bytes) -> pa.Table:
    """The rows of one Parquet file, its columns checked and in order."""
    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowInvalid, OSError) as error:
        raise SystemExit(f"{url} is not a readable Parquet file: {error}") from None
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise SystemExit(f"{url} lacks the column {missing[0]} (and {len(missing) - 1} more).")
    table = table.select(COLUMNS)
    if any(column.null_count for column in table.columns):
        raise SystemExit(f"{url} has empty cells; every row needs 64 pixels and a label.")
    return table.cast(
        pa.schema([(name, pa.float32()) for name in COLUMNS[:-1]] + [("label", pa.int64())])
    )


def split(table: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The training rows, the test rows, and the record of which row is on which side."""
    names = digests(features(table))
    test = np.array([is_test(name) for name in names], dtype=bool)
    sides = np.where(test, "test", "train")
    return (
        table.filter(pa.array(~test)),
        table.filter(pa.array(test)),
        pa.table({"digest": names, "split": sides}),
    )


def main() -> None:
    """Read the manifest and its files, split the rows, and leave three Parquet files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True)
    parser.add_argument("--prepared", type=Path, required=True)
    arguments = parser.parse_args()
    files = json.loads(read(arguments.manifest))["files"]
    table = pa.concat_tables(
        [parse(file["url"], read(file["url"], file["etag"])) for file in files]
    )
    train, test, rows = split(table)
    for digit in set(range(10)) - set(labels(train)):
        raise SystemExit(f"No training row shows the digit {digit}; wait for more data.")
    arguments.prepared.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", train), ("test", test), ("rows", rows)):
        pq.write_table(part, arguments.prepared / f"{name}.parquet")
    print(f"{len(files)} files: {len(train)} rows to learn from, {len(test)} to test on.")


if __name__ == "__main__":
    main()
