"""Uploaded files are opened before anything relies on them; a broken one stops nothing else."""

from concurrent.futures import ThreadPoolExecutor

from decisions import names
from decisions.actions import InspectArrivals
from decisions.codec import encode
from decisions.errors import Missing
from decisions.events import DataInspected, Quarantined
from decisions.ports import BlobVersion, Ports

_AT_ONCE = 8
_GONE = "it was changed or deleted before it could be opened"


def inspect(item: InspectArrivals, ports: Ports) -> None:
    """Open every pending blob of the buckets, tell the lane, and only then settle them.

    A crash before the end opens them again: the same batch is the same event.
    """
    blobs = ports.arrivals.pending(item.model, item.buckets)
    if not blobs:
        return
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        problems = threads.map(lambda blob: _open(item.model, blob, ports), blobs)
        opened = list(zip(blobs, problems, strict=True))
        ports.messages.lane(_told(item.model, opened))
        list(threads.map(lambda one: ports.arrivals.settle(item.model, *one), opened))


def _open(model: str, blob: BlobVersion, ports: Ports) -> str | None:
    """What is wrong with a blob; a bad one is copied to quarantine with the reason beside it."""
    try:
        problem = ports.examiner.inspect(blob)
        if problem:
            _quarantine(model, blob, problem, ports)
    except Missing:
        return _GONE
    return problem


def _quarantine(model: str, blob: BlobVersion, problem: str, ports: Ports) -> None:
    place = f"{model}/{blob.path}/{blob.etag}"
    ports.blobs.copy(blob, "quarantine", f"{place}/file")
    reason = {"path": f"{blob.container}/{blob.path}", "etag": blob.etag, "reason": problem}
    ports.blobs.write("quarantine", f"{place}/reason.json", encode(reason))


def _told(model: str, opened: list[tuple[BlobVersion, str | None]]) -> DataInspected:
    fit = [blob for blob, problem in opened if problem is None]
    keys = sorted(f"{blob.container}/{blob.path}/{blob.etag}" for blob, _ in opened)
    return DataInspected(
        model=model,
        batch=names.digest(*keys)[:16],
        admitted=len(fit),
        size=sum(blob.size for blob in fit),
        quarantined=tuple(
            Quarantined(path=f"{blob.container}/{blob.path}", reason=problem)
            for blob, problem in opened
            if problem and problem != _GONE
        ),
    )
