"""What a version was trained on: the rows that its run left as such, or its manifest's files."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BufferedReader
from typing import Any
from urllib.parse import unquote

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from adapters.profiler.layout import Columns
from decisions.actions import Version
from decisions.errors import Missing, Rejected
from decisions.ports import Blobs, BlobVersion
from tabular.spans import Spans

_RUNS, _MANIFESTS = "runs", "manifests"
_ROWS = 65_536
_BUFFER = 4 * 1024 * 1024  # A span that is read from storage at once, for small reads in a row.


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


def batches(blobs: Blobs, file: BlobVersion) -> Iterator[Columns]:
    """The rows of a file, some at a time, by columns. Raises Rejected when it cannot be read."""
    from drift.errors import DriftError

    try:
        for batch in _read(_opened(blobs, file)):
            yield {name: _numbers(pieces) for name, pieces in batch.items()}
    except DriftError as error:
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


def _opened(blobs: Blobs, file: BlobVersion) -> BufferedReader:
    def read(span: range) -> bytes:
        return blobs.read(file.container, file.path, etag=file.etag, span=span)

    return BufferedReader(Spans(file.size, read, name=f"{file.container}/{file.path}"), _BUFFER)


def _read(source: BufferedReader) -> Iterator[dict[str, Sequence[Any]]]:
    """Batches of columns in pieces. A Parquet file is read by rows here: a model takes rows."""
    from pyarrow.parquet import ParquetFile

    from drift.tables.opening import open_table
    from drift.tables.parquet import ParquetTable
    from drift.tables.sources import explained

    table = open_table(source)
    if not isinstance(table, ParquetTable):
        for batch in table.batches():
            yield dict(batch.columns)
        return
    with explained(table.name, "Parquet"):
        for rows in ParquetFile(source).iter_batches(_ROWS):
            yield {name: [rows.column(name)] for name in rows.schema.names}


def _numbers(pieces: Sequence[Any]) -> NDArray[Any]:
    """A column as NumPy has it; what is no number becomes one where all of it can.

    Pieces of several types are in no order, and then no row is known: the model refuses objects.
    """
    from pyarrow import ArrowException, chunked_array, float64, types

    if len({piece.type for piece in pieces}) > 1:
        return np.empty(sum(map(len, pieces)), dtype=object)
    column = chunked_array(pieces)
    kind = column.type
    if not (types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind)):
        with suppress(ArrowException):
            column = column.cast(float64())
    return np.asarray(column.to_numpy(zero_copy_only=False))
