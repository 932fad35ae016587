"""Adds profiles of parts of a window: what comes of it stands for all of their rows."""

import numpy as np

from drift.columns import Categorical, Column, Empty, Numeric
from drift.profiles.categorical import CountingFrequent
from drift.profiles.numeric import Summarising
from drift.profiles.parts import CategoricalPart, NumericPart
from drift.profiles.profile import Profile


def merge(first: Profile, *others: Profile) -> Profile:
    """One profile of all rows; in which order parts are merged matters only within the errors.

    A column that a part lacks is missing in all its rows. A column that is of one kind here and of
    another there cannot be added, which is its problem from then on; profile parts `like` the same
    profile, and it does not occur. Many parts are better merged at once: the columns are then
    compressed once, and the error grows once.
    """
    parts = (first, *others)
    rows = sum(part.rows for part in parts)
    problems = _problems(parts)
    names = dict.fromkeys(column.name for part in parts for column in part.columns)
    merged = []
    for name in names:
        columns = [_column(part, name) for part in parts]
        kinds = sorted({column.kind for column in columns if not isinstance(column, Empty)})
        if len(kinds) > 1:
            problems.setdefault(name, f"is {' in one part and '.join(kinds)} in another")
        elif name not in problems:
            merged.append(_merged(name, columns))
    return Profile(rows=rows, columns=tuple(merged), problems=problems)


def _problems(parts: tuple[Profile, ...]) -> dict[str, str]:
    """Each column's problem; of several the first in the alphabet, whatever the order of parts."""
    found: dict[str, str] = {}
    for part in parts:
        for name, problem in part.problems.items():
            found[name] = min(problem, found.get(name, problem))
    return found


def _column(part: Profile, name: str) -> Column:
    return part.by_name.get(name) or Empty(name=name, rows=part.rows)


def _merged(name: str, columns: list[Column]) -> Column:
    numbers = [column for column in columns if isinstance(column, Numeric)]
    categories = [column for column in columns if isinstance(column, Categorical)]
    absent = sum(column.rows for column in columns if isinstance(column, Empty))
    if numbers:
        return _numbers(name, numbers, absent)
    if categories:
        return _categories(name, categories, absent)
    return Empty(name=name, rows=absent)


def _numbers(name: str, columns: list[Numeric], absent: int) -> Numeric:
    summarising = Summarising(name, columns[0].kind)
    summarising.add(NumericPart(np.empty(0), missing=absent))
    for column in columns:
        summarising.add_column(column)
    return summarising.column()


def _categories(name: str, columns: list[Categorical], absent: int) -> Categorical:
    counting = CountingFrequent(name, columns[0].kind)
    counting.add(CategoricalPart({}, missing=absent))
    for column in columns:
        counting.add_column(column)
    return counting.column()
