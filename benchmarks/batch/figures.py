"""A million rows from Parquet to Parquet, beside the least that it takes and beside peers."""

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.batch.contenders import OURS, PEERS, RAW
from benchmarks.batch.data import output, table
from benchmarks.batch.models import KINDS, Kind, model
from benchmarks.measure import Figure
from benchmarks.programs import Answer, Program

_PRACTICE, _FULL = 1_000, 1_000_000
_PAIRS = 7
_MOST = {"logistic": 1.3, "boosting": 1.15}
_WORDS = {"logistic": "logistic regression", "boosting": "gradient boosting"}
_MOST_MIB = 400


def figures() -> Iterator[Figure]:
    """Time against the raw sum, pair by pair; memory at a million rows and ten; the peers."""
    for kind in KINDS:
        ours, raw = _pairs(kind)
        yield _beside_raw(kind, ours, raw)
        yield from (_beside_peer(kind, peer, ours) for peer in PEERS)
    for rows in (_FULL, 10 * _FULL):
        yield _memory(rows)


def _pairs(kind: Kind) -> tuple[list[Answer], list[Answer]]:
    """Ours and raw in turn, after one pair that does not count; both leave the same."""
    pairs = [(_ask(OURS, kind), _ask(RAW, kind)) for _ in range(_PAIRS + 1)]
    _check_same(OURS, RAW)
    ours, raw = zip(*pairs[1:], strict=True)
    return list(ours), list(raw)


def _beside_raw(kind: Kind, ours: Sequence[Answer], raw: Sequence[Answer]) -> Figure:
    sums = [sum(_parts(one).values()) for one in raw]
    ratio = statistics.median(a.seconds / b for a, b in zip(ours, sums, strict=True))
    parts = {name: statistics.median(_parts(one)[name] for one in raw) for name in _parts(raw[0])}
    said = " + ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items())
    return Figure(
        what=f"batch of {_FULL:,} rows, {_WORDS[kind]}: seconds / {said}, each alone",
        value=f"{_seconds(ours):.2f} / {statistics.median(sums):.2f} = {ratio:.2f}",
        bound=f"at most {_MOST[kind]}",
        holds=ratio <= _MOST[kind],
    )


def _beside_peer(kind: Kind, peer: Program, ours: Sequence[Answer]) -> Figure:
    found = [_ask(peer, kind) for _ in range(3)]
    _check_same(peer, OURS)
    peak = max(one.peak_mib for one in found)
    return Figure(
        what=f"… of {peer.name} / ours (peak {peak:.0f} MiB / {ours[0].peak_mib:.0f})",
        value=f"{_seconds(found):.2f} / {_seconds(ours):.2f} = "
        f"{_seconds(found) / _seconds(ours):.1f}",
        bound="",
        holds=True,
    )


def _memory(rows: int) -> Figure:
    """All that the process holds at most, Python and the libraries included."""
    peak = _ask(OURS, "logistic", rows).peak_mib
    return Figure(
        what=f"batch of {rows:,} rows: peak MiB",
        value=f"{peak:.0f}",
        bound=f"under {_MOST_MIB}",
        holds=peak < _MOST_MIB,
    )


def _ask(program: Program, kind: Kind, rows: int = _FULL) -> Answer:
    small = (model(kind), table(_PRACTICE), output("practice"))
    return program.ask(small, (model(kind), table(rows), _left(program)))


def _left(program: Program) -> Path:
    return output(program.module)


def _check_same(one: Program, other: Program) -> None:
    """Nobody is quick by leaving something else."""
    left, right = (pq.read_table(_left(each)) for each in (one, other))
    if not left.select(["id", "prediction"]).equals(right.select(["id", "prediction"])):
        raise AssertionError(f"{one.name} and {other.name} left different scores")


def _parts(raw: Answer) -> dict[str, float]:
    """The seconds of each of the three things that nobody gets round."""
    return {name: float(seconds) for name, seconds in map(str.split, raw.found)}


def _seconds(answers: Sequence[Answer]) -> float:
    return statistics.median(one.seconds for one in answers)
