"""Uploaded files are opened before anything relies on them; a broken one stops nothing else."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

from decisions import names
from decisions.actions import InspectArrivals
from decisions.errors import Missing
from decisions.events import DataInspected, Quarantined
from decisions.ports import BlobVersion, Ports
from handlers import quarantine

_AT_ONCE = 8
_BATCH = 50  # Of the longest names and reasons, so many make a message that a queue still takes.
_GONE = "it was changed or deleted before it could be opened"

Opened = list[tuple[BlobVersion, str | None]]


def inspect(item: InspectArrivals, ports: Ports) -> None:
    """Open every pending blob of the buckets; of each batch tell the lane, and only then settle it.

    A crash before the end opens them again: the same batch is the same event. A blob that cannot be
    opened at all stays pending and is raised when all others are done: it holds back none of them.
    """
    blobs = ports.arrivals.pending(item.model, item.buckets)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        troubles = [
            trouble
            for start in range(0, len(blobs), _BATCH)
            for trouble in _inspect(item.model, blobs[start : start + _BATCH], threads, ports)
        ]
    if troubles:
        raise troubles[0]


def _inspect(
    model: str, blobs: Sequence[BlobVersion], threads: Executor, ports: Ports
) -> list[BaseException]:
    """Open a batch, tell and settle what could be opened; gives the trouble with the others."""
    tried = [(blob, threads.submit(_open, model, blob, ports)) for blob in blobs]
    troubles = [trouble for _, verdict in tried if (trouble := verdict.exception())]
    opened = [(blob, verdict.result()) for blob, verdict in tried if not verdict.exception()]
    if opened:
        ports.messages.lane(_told(model, opened))
        _settle(model, opened, threads, ports)
    return troubles


def _settle(model: str, opened: Opened, threads: Executor, ports: Ports) -> None:
    """Record the verdicts, that on the first broken file last.

    Should a crash leave some to be told again, the first broken file is among them, and the news
    that is named after it is no second news.
    """
    fit = [one for one in opened if one[1] is None]
    list(threads.map(lambda one: ports.arrivals.settle(model, *one), fit))
    for blob, problem in reversed([one for one in opened if one[1] is not None]):
        ports.arrivals.settle(model, blob, problem)


def _open(model: str, blob: BlobVersion, ports: Ports) -> str | None:
    """What is wrong with a blob; a bad one is copied to quarantine with the reason beside it."""
    try:
        problem = ports.examiner.inspect(blob)
        if problem:
            quarantine.set_aside(model, blob, problem, ports)
    except Missing:
        return _GONE
    return problem


def _told(model: str, opened: Opened) -> DataInspected:
    fit = [blob for blob, problem in opened if problem is None]
    keys = sorted(f"{blob.container}/{blob.path}/{blob.etag}" for blob, _ in opened)
    return DataInspected(
        model=model,
        batch=names.digest(*keys)[:16],
        admitted=len(fit),
        size=sum(blob.size for blob in fit),
        quarantined=tuple(
            Quarantined(path=f"{blob.container}/{blob.path}", etag=blob.etag, reason=problem)
            for blob, problem in opened
            if problem and problem != _GONE
        ),
    )
