"""What all measurements share: medians of several, ratios pair by pair, one table at the end."""

import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure, its bound, and whether it holds."""

    what: str
    value: str
    bound: str
    holds: bool


def median_of(times: int, measure: Callable[[], float]) -> float:
    """The median of several runs, after one that does not count."""
    measure()
    return statistics.median(measure() for _ in range(times))


def median_ratio(times: int, one: Callable[[], float], other: Callable[[], float]) -> float:
    """The median of one / other, each pair measured in turn, so that a drift hits both."""
    one(), other()
    return statistics.median(one() / other() for _ in range(times))


def printed_seconds(code: str, *arguments: str) -> float:
    """Run code in a process of its own; it prints the seconds that it measured itself."""
    command = [sys.executable, "-c", code, *arguments]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)
