"""What became of a batch's pieces: one document each, created once, after everything it speaks of.

A piece has a result, or it has to be scored: nothing else says that it was done. What is there is
never replaced, so a crash, a second copy of a message and a host that was thought dead change
nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
from msgspec import Struct

from decisions.codec import encode
from decisions.errors import Missing, Rejected, Unfit
from decisions.events import Window
from decisions.ports import Piece, Ports, Scored
from handlers.plans import CONTAINER, Plan, PlannedFile, folder, is_still

_AT_ONCE = 16
_NAME = re.compile(r"/results/(\d+)\.json$")


class Result(Struct, frozen=True, kw_only=True):
    """A part's counts and the output that it left, or the problem that makes its file bad."""

    part: int
    rows: int = 0
    scored: int = 0
    rejected: int = 0
    size: int = 0
    sha256: str | None = None
    problem: str | None = None
    changed: bool = False


def done(model: str, window: Window, ports: Ports) -> frozenset[int]:
    """The numbers of the parts that have a result."""
    names = ports.blobs.names(CONTAINER, f"{folder(model, window)}/results/")
    return frozenset(int(found[1]) for name in names if (found := _NAME.search(name)))


def missing(plan: Plan, ports: Ports) -> list[int]:
    """The numbers of the parts that have none yet."""
    there = done(plan.model, plan.window, ports)
    return [number for number in numbers(plan) if number not in there]


def numbers(plan: Plan) -> Sequence[int]:
    """The numbers of all parts."""
    return range(1, len(plan.parts) + 1)


def read(plan: Plan, parts: Iterable[int], ports: Ports) -> list[Result]:
    """The results of some parts, in their order. Raises Missing when one has none."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(lambda one: _read(plan, one, ports), parts))


def rejects(plan: Plan, part: int, ports: Ports) -> bytes:
    """The rejects of a part, numbered within it."""
    return ports.blobs.read(CONTAINER, _rejects(plan, part))


def make(plan: Plan, part: int, ports: Ports) -> None:
    """Score a part and leave what came of it. Raises Transient to try again, Rejected to stop."""
    file, piece = plan.parts[part - 1]
    result = _made(plan, part, file, piece, ports)
    ports.blobs.create(CONTAINER, _place(plan, part), encode(result))


def _made(plan: Plan, part: int, file: PlannedFile, piece: Piece, ports: Ports) -> Result:
    try:
        scored = ports.partitions.score(file.blob, piece, plan.version, plan.policy.wanted)
    except Unfit as error:
        return Result(part=part, problem=str(error))
    except Missing:
        if is_still(file.blob, ports):
            raise
        return Result(part=part, changed=True)
    return _left(plan, part, scored, ports)


def _left(plan: Plan, part: int, scored: Scored, ports: Ports) -> Result:
    """Leave the rejects, then the output; gives the result on what is there in the end.

    Another host may have left both and died. Its output counts: on another processor the last bits
    of a prediction may differ. That the rejects are the same says that its rows are the same too.
    """
    if not ports.blobs.create(CONTAINER, _rejects(plan, part), scored.rejects) and (
        rejects(plan, part, ports) != scored.rejects
    ):
        raise Rejected(f"part {part} was left by a host that rejected other rows of it", "disagree")
    output = scored.output
    if scored.scored:
        container, place = plan.policy.output.container, plan.part(part)
        if not ports.blobs.create(container, place, output):
            output = ports.blobs.read(container, place)
    return Result(
        part=part,
        rows=scored.rows,
        scored=scored.scored,
        rejected=scored.rejected,
        size=len(output) if scored.scored else 0,
        sha256=hashlib.sha256(output).hexdigest() if scored.scored else None,
    )


def _read(plan: Plan, part: int, ports: Ports) -> Result:
    return msgspec.json.decode(ports.blobs.read(CONTAINER, _place(plan, part)), type=Result)


def _place(plan: Plan, part: int) -> str:
    return f"{folder(plan.model, plan.window)}/results/{part:05d}.json"


def _rejects(plan: Plan, part: int) -> str:
    return f"{folder(plan.model, plan.window)}/rejects/{part:05d}.jsonl"
