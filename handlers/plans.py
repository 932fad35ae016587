"""A batch's plan: which files, cut into which pieces, scored by what, and what is left of them.

It is written once. Whatever happens to the files, to `ratchet.yaml` or to the model meanwhile, all
hosts do what the plan says, and whoever comes second reads what the first has written.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import msgspec
from msgspec import Struct

from decisions import patterns
from decisions.actions import ScoreBatch, ScorePartition, Version
from decisions.codec import encode
from decisions.errors import Missing, Rejected, Unfit
from decisions.events import Window
from decisions.policies import BatchPolicy
from decisions.ports import BlobVersion, Piece, Ports

CONTAINER = "batch"
MOST_PIECES = 10_000
"""So many messages and results are still handled well; a larger batch is two."""

_AT_ONCE = 8

Item = ScoreBatch | ScorePartition


class PlannedFile(Struct, frozen=True, kw_only=True):
    """A file and its pieces; with a `problem` none of it can be scored, nor when it has changed."""

    blob: BlobVersion
    pieces: tuple[Piece, ...] = ()
    problem: str | None = None
    changed: bool = False

    @property
    def name(self) -> str:
        """Container and path."""
        return f"{self.blob.container}/{self.blob.path}"


class Plan(Struct, frozen=True, kw_only=True):
    """All that a batch is: nothing else is asked once it is written."""

    model: str
    window: Window
    version: Version
    policy: BatchPolicy
    files: tuple[PlannedFile, ...]
    schema: int = 1

    @property
    def parts(self) -> list[tuple[PlannedFile, Piece]]:
        """The pieces of all files in their order; part n is the n-th, counted from 1."""
        return [(file, piece) for file in self.files for piece in file.pieces]

    def part(self, number: int) -> str:
        """Where the output of a part is left."""
        return self.place(f"part-{number:05d}.{self.policy.wanted.shape}")

    def place(self, name: str) -> str:
        """Where something is left beside the parts."""
        return f"{self.policy.output.path}{self.window.name}/{name}"


def folder(model: str, window: Window) -> str:
    """Where everything is kept that a batch needs and nobody else does."""
    return f"_ratchet/{model}/{window.name}"


def written(model: str, window: Window, ports: Ports) -> Plan | None:
    """The plan of a batch, if it has one."""
    try:
        content = ports.blobs.read(CONTAINER, _place(model, window))
    except Missing:
        return None
    return msgspec.json.decode(content, type=Plan)


def make(item: ScoreBatch, ports: Ports) -> Plan:
    """Plan a batch from what is there now, unless another host was quicker. Raises Rejected."""
    policy = ports.policies[item.model].batch
    if policy is None:
        raise Rejected(f"ratchet.yaml has no section batch of {item.model} any more", "no_batch")
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        inputs = _inputs(item.window, policy, ports)
        _check_size(len(inputs), len(inputs))  # Before each is opened.
        files = tuple(threads.map(lambda blob: _cut(blob, item, policy, ports), inputs))
    plan = Plan(
        model=item.model, window=item.window, version=item.version, policy=policy, files=files
    )
    _check_size(len(plan.parts), len(files))
    ports.blobs.create(CONTAINER, _place(item.model, item.window), encode(plan))
    return written(item.model, item.window, ports) or plan


def is_still(blob: BlobVersion, ports: Ports) -> bool:
    """Whether a blob is the version that was planned."""
    try:
        return ports.blobs.find(blob.container, blob.path).etag == blob.etag
    except Missing:
        return False


def _check_size(pieces: int, files: int) -> None:
    """Refuse what is too much for one batch."""
    if pieces > MOST_PIECES:
        raise Rejected(
            f"it has {pieces} pieces in {files} file(s), above {MOST_PIECES}: let it "
            "run more often, make batch.piece_mb larger, or upload larger files",
            "too_large",
        )


def _inputs(window: Window, policy: BatchPolicy, ports: Ports) -> list[BlobVersion]:
    """The files that a window takes, by their paths; what Ratchet wrote is never among them."""
    place = policy.input
    found = [
        blob
        for blob in ports.blobs.list(place.container, patterns.prefix(place.path))
        if patterns.matches(place.path, blob.path) and _is_taken(blob, window, policy)
    ]
    return sorted(found, key=lambda blob: blob.path)


def _is_taken(blob: BlobVersion, window: Window, policy: BatchPolicy) -> bool:
    """Whether a file came before the window's end, and for `new` not before its start."""
    if blob.modified is None or blob.modified >= window.end:
        return False
    return policy.take == "all" or blob.modified >= window.start


def _cut(blob: BlobVersion, item: ScoreBatch, policy: BatchPolicy, ports: Ports) -> PlannedFile:
    try:
        pieces = ports.partitions.cut(blob, item.version, policy.wanted, policy.piece)
    except Unfit as error:
        return PlannedFile(blob=blob, problem=str(error))
    except Missing:
        # The model may be what is missing, and that is no fault of the file.
        if is_still(blob, ports):
            raise
        return PlannedFile(blob=blob, changed=True)
    return PlannedFile(blob=blob, pieces=tuple(_tiling(blob, pieces)))


def _tiling(blob: BlobVersion, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces, once it is known that each begins where the last one ended."""
    if any(one.stop != other.start for one, other in pairwise(pieces)):
        raise Rejected(f"{blob.container}/{blob.path} was cut into pieces that do not tile it")
    return pieces


def _place(model: str, window: Window) -> str:
    return f"{folder(model, window)}/plan.json"
