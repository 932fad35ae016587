"""The library: every statistic of every column, and the verdict; either file may be a profile."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.answer import answer
from drift import Judging, compare_windows
from drift.verdict import judge


def _every(reference: Path, current: Path) -> Iterable[str]:
    found = compare_windows(reference, current)
    judge(found.compared, found.rows, Judging(), found.missing)
    return {name for column in found.compared for name in column.statistics}


if __name__ == "__main__":
    answer(every=_every)
