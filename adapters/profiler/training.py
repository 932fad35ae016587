"""What a version was trained on: the rows that its run left as such, or its manifest's files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from decisions.actions import Version
from decisions.errors import Missing, Rejected
from decisions.ports import Blobs, BlobVersion

if TYPE_CHECKING:
    from scoring.columns import Column
    from scoring.files.sources import Source
    from scoring.signature import Signature

_RUNS, _MANIFESTS = "runs", "manifests"


class _File(Struct, frozen=True):
    url: str
    etag: str
    size: int


class _Manifest(Struct, frozen=True):
    files: list[_File]


def files(blobs: Blobs, model: str, version: Version) -> list[BlobVersion]:
    """The files with the training data of a version. Raises Rejected when they are not known."""
    try:
        return [blobs.find(_RUNS, f"{version.run}/evidence/reference.parquet")]
    except Missing:
        return _of_manifest(blobs, f"{model}/{version.manifest}.json")


def batches(blobs: Blobs, file: BlobVersion, signature: "Signature") -> Iterator[list["Column"]]:
    """The columns of a file that a model takes, some rows at a time.

    Raises Rejected when it cannot be read, or has not all of them.
    """
    from scoring.errors import BadFile
    from scoring.files.blocks import column_of
    from scoring.files.opening import open_table

    whole = signature.rows.type.startswith("int")
    try:
        for block in open_table(_source(blobs, file), signature, keep=()).blocks():
            yield [column_of(values, whole=whole) for values in block.load().features]
    except BadFile as error:
        raise Rejected(str(error), "unreadable") from error


def _of_manifest(blobs: Blobs, path: str) -> list[BlobVersion]:
    try:
        content = blobs.read(_MANIFESTS, path)
        listed = msgspec.json.decode(content, type=_Manifest).files
    except (Missing, msgspec.DecodeError) as error:
        raise Rejected(f"what the run was trained on is not known: {error}", "no_data") from error
    account = blobs.url(_MANIFESTS, path).removesuffix(f"{_MANIFESTS}/{path}")
    return [_blob(one, account) for one in listed]


def _blob(file: _File, account: str) -> BlobVersion:
    container, _, path = unquote(file.url.removeprefix(account)).partition("/")
    return BlobVersion(container=container, path=path, etag=file.etag, size=file.size)


def _source(blobs: Blobs, file: BlobVersion) -> "Source":
    from scoring.files.sources import Source

    def read(span: range) -> bytes:
        return blobs.read(file.container, file.path, etag=file.etag, span=span)

    return Source(f"{file.container}/{file.path}", file.size, read)
