"""Inference logs as the scoring server leaves them: the rows of one version, in one window."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from adapters.profiler.layout import comparable
from decisions.errors import Rejected
from decisions.events import Window
from decisions.ports import Blobs, BlobVersion

_AT, _VERSION = "ratchet.at", "ratchet.version"
_AT_ONCE = 8  # Logs are small and many: each would be waited for.


def rows(
    blobs: Blobs, logs: Sequence[BlobVersion], window: Window, version: str, names: Collection[str]
) -> Iterator[Any]:
    """Tables of the named columns, log by log. Raises Rejected when a log cannot be read."""

    def fetched(log: BlobVersion) -> bytes:
        return blobs.read(log.container, log.path, etag=log.etag)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for log, content in zip(logs, threads.map(fetched, logs), strict=True):
            table = _read(log, content, names)
            mine = table.filter(_of(table, window, version)).drop_columns([_AT, _VERSION])
            if mine.num_rows:
                yield comparable(mine)


def _read(log: BlobVersion, content: bytes, names: Collection[str]) -> Any:
    """The named columns, of which the log of another version may lack some."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    place = f"the inference log {log.container}/{log.path}"
    try:
        file = ParquetFile(BytesIO(content))
        wanted = {*names, _AT, _VERSION}
        table = file.read([name for name in file.schema_arrow.names if name in wanted])
    except (ArrowException, OSError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        raise Rejected(f"{place} cannot be read: {said}", "unreadable") from error
    if not {_AT, _VERSION} <= set(table.column_names):
        raise Rejected(f"{place} does not say what answered its rows, and when", "unreadable")
    return table


def _of(table: Any, window: Window, version: str) -> Any:
    """Which rows are a version's, in a window."""
    from pyarrow import compute, scalar

    at = table.column(_AT)
    begun = compute.greater_equal(at, scalar(window.start, at.type))
    before = compute.less(at, scalar(window.end, at.type))
    its = compute.equal(table.column(_VERSION), version)
    return compute.and_(compute.and_(begun, before), its)
