"""Drift beside its peers and beside the least that can be done; each figure with its bound."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.drift.contenders import COUNTING, FROUROS, OURS, PEERS, SCIPY, SORTING
from benchmarks.drift.data import window, windows
from benchmarks.environments import FOLDER
from benchmarks.measure import Figure, median_of, median_ratio, printed_seconds
from benchmarks.programs import Answer, Program
from drift import dumps, profile

_DATA = FOLDER / "drift"
_PRACTICE, _QUICK, _FULL = 1_000, 100_000, 1_000_000
_PATIENCE = 10.0
"""Who takes longer than these seconds is asked once."""

_IMPORT = """
import importlib, sys, time, typing
begin = time.process_time()
import drift
print(time.process_time() - begin)
assert not {"numpy", "scipy", "pyarrow"} & set(sys.modules)
"""


def figures(*, large: bool) -> Iterator[Figure]:
    """All of them; `large` adds what takes many minutes, or 50 million rows of disk."""
    yield _import()
    full = windows(_DATA, _FULL)
    yield from _beside_peers(windows(_DATA, _QUICK), _QUICK, PEERS)
    yield from _beside_peers(full, _FULL, PEERS if large else (SCIPY, FROUROS))
    yield _beside_sorting(full)
    yield _beside_counting(full)
    yield _memory(full, _FULL)
    for rows in (10 * _FULL, *([50 * _FULL] if large else [])):
        path = window(_DATA, rows)
        yield _memory((path, path), rows)


def _import() -> Figure:
    """What an app pays that uses none of it; every app has `typing` already."""
    seconds = median_of(15, lambda: printed_seconds(_IMPORT))
    return Figure(
        what="import drift, which imports no NumPy, SciPy or pyarrow: milliseconds of CPU",
        value=f"{seconds * 1000:.1f}",
        bound="at most 10",
        holds=seconds <= 0.01,
    )


def _beside_peers(
    pair: tuple[Path, Path], rows: int, peers: tuple[Program, ...]
) -> Iterator[Figure]:
    """Our time, and how many times as long each peer takes.

    Bounded where there are a million rows and the peer computes about as much.
    """
    ours = _typical(OURS, pair).seconds
    yield Figure(what=f"drift of {rows:,} rows: seconds", value=f"{ours:.2f}", bound="", holds=True)
    for peer in peers:
        answer = _typical(peer, pair)
        ratio = answer.seconds / ours
        bounded = rows == _FULL and peer.way == "every"
        yield Figure(
            what=f"… of {peer.name} ({len(answer.found)} statistics) / ours",
            value=f"{answer.seconds:.1f} / {ours:.2f} = {ratio:.0f}",
            bound="at least 10" if bounded else "",
            holds=not bounded or ratio >= 10,
        )


def _beside_sorting(pair: tuple[Path, Path]) -> Figure:
    ratio = median_ratio(7, lambda: _once(OURS, pair), lambda: _once(SORTING, pair))
    return Figure(
        what="drift of both files / only reading both and sorting every numeric column",
        value=f"{ratio:.2f}",
        bound="at most 3",
        holds=ratio <= 3,
    )


def _beside_counting(pair: tuple[Path, Path]) -> Figure:
    stored = pair[0].with_suffix(".profile")
    stored.write_bytes(dumps(profile(pair[0])))
    profiled = (stored, pair[1])
    ratio = median_ratio(7, lambda: _once(OURS, profiled), lambda: _once(COUNTING, profiled))
    return Figure(
        what="drift of a file from a stored profile / only reading it and counting each column",
        value=f"{ratio:.2f}",
        bound="at most 2",
        holds=ratio <= 2,
    )


def _memory(pair: tuple[Path, Path], rows: int) -> Figure:
    """What a process holds at most beyond what it held idle; a large file stands for both."""
    answer = OURS.ask(_practice(), pair)
    peak = answer.peak_mib - answer.idle_mib
    return Figure(
        what=f"drift of {rows:,} rows and as many: peak MiB above idle",
        value=f"{peak:.0f}",
        bound="under 400",
        holds=peak < 400,
    )


def _typical(program: Program, pair: tuple[Path, Path]) -> Answer:
    """The median answer of five; the only one of those who take long."""
    answers = [program.ask(_practice(), pair)]
    while len(answers) < 5 and answers[0].seconds < _PATIENCE:
        answers.append(program.ask(_practice(), pair))
    return sorted(answers, key=lambda one: one.seconds)[len(answers) // 2]


def _once(program: Program, pair: tuple[Path, Path]) -> float:
    return program.ask(_practice(), pair).seconds


def _practice() -> tuple[Path, Path]:
    return windows(_DATA, _PRACTICE)
