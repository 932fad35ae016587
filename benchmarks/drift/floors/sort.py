"""Read both files and sort every numeric column: no exact comparison does less."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.answer import answer
from benchmarks.drift.floors.reading import numbers, read


def _every(reference: Path, current: Path) -> Iterable[str]:
    for path in (reference, current):
        table = read(path)
        for column in numbers(table):
            np.sort(column)
    return []


if __name__ == "__main__":
    answer(every=_every)
