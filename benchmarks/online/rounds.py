"""Contenders are measured in turn, round after round, so that whatever drifts hits all of them."""

import statistics
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.online.contender import Contender, Running, running
from benchmarks.online.load import Told, ask
from benchmarks.online.model import sent

CONNECTIONS = 16
_WARM_SECONDS = 1.0
_PROCESSES = ("/bin/ps", "-A", "-o", "pid=,ppid=,rss=")


@dataclass(frozen=True)
class Measured:
    """What one contender showed, a round each, and the memory of its processes after that."""

    name: str
    rounds: list[Told]
    mib: float

    @property
    def rate(self) -> float:
        """Requests a second, the median of all rounds."""
        return statistics.median(one.rate for one in self.rounds)

    @property
    def p99(self) -> float:
        """Seconds within which 99 % of the requests were answered, the median of all rounds."""
        return statistics.median(one.p99 for one in self.rounds)

    def rate_over(self, other: "Measured") -> float:
        """How many times the other's rate, the median of the ratios round by round."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(mine.rate / its.rate for mine, its in pairs)

    def p99_over(self, other: "Measured") -> float:
        """How many times the other's p99, as above."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(mine.p99 / its.p99 for mine, its in pairs)


def measured(
    contenders: Sequence[Contender], folder: Path, *, rounds: int, seconds: float
) -> list[Measured]:
    """Start all, ask one after the other in each round, and check every answer."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(running(one, folder / str(number)))
            for number, one in enumerate(contenders)
        ]
        for one in started:
            _round(one, _WARM_SECONDS)
        told = [[_round(one, seconds) for one in started] for _ in range(rounds)]
        columns = zip(*told, strict=True)
        return [
            Measured(one.contender.name, list(column), mib(one.pid))
            for one, column in zip(started, columns, strict=True)
        ]


def _round(one: Running, seconds: float) -> Told:
    told = ask(one.port, one.requests(sent().rows), connections=CONNECTIONS, seconds=seconds)
    name = one.contender.name
    if set(told.statuses) != {200}:
        raise AssertionError(f"{name} answered {told.statuses}, not 200 alone")
    for number, body, _ in told.answers:
        label = one.contender.label(body)
        if label != sent().labels[number]:
            raise AssertionError(f"{name} answered row {number} with {label}: {body[:200]!r}")
    return told


def mib(pid: int) -> float:
    """The memory that a process and all below it hold now."""
    listed = subprocess.run(_PROCESSES, capture_output=True, check=True)
    lines = [[int(word) for word in line.split()] for line in listed.stdout.splitlines()]
    family, grown = {pid}, True
    while grown:
        children = {child for child, parent, _ in lines if parent in family} - family
        family |= children
        grown = bool(children)
    return sum(size for child, _, size in lines if child in family) / 1024
