"""Profiles of columns made by hand: points and counts that are off by as much as they say."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from msgspec.structs import replace

from drift.build import numeric
from drift.columns import Categorical, Counts, Numbers, Numeric


def sketched(values: Sequence[float], cuts: Sequence[int], pick: int) -> Numeric:
    """One of the values between any two cuts stands for them all; the rank error is measured."""
    whole = numeric("x", values)
    ends = sorted({0, len(values), *(cut % (len(values) + 1) for cut in cuts)})
    parts = [whole.values[a:b] for a, b in pairwise(ends)]
    points = np.array([part[pick % len(part)] for part in parts])
    weights = np.array([len(part) for part in parts], dtype=np.int64)
    off = max(_off(whole.values, points, weights, below=below) for below in (True, False))
    return replace(whole, values=points, weights=weights, error=off)


def _off(values: Numbers, points: Numbers, weights: Counts, *, below: bool) -> float:
    """How far the shares up to (or below) any value differ, by counting one by one."""
    far = [0.0]
    for place in np.unique(np.concatenate((values, points))):
        true, seen = (
            (values < place, points < place) if below else (values <= place, points <= place)
        )
        far.append(abs(float(true.mean()) - float(weights[seen].sum()) / len(values)))
    return max(far) + 1e-12


def counted(values: Sequence[str], kept: int, lost: int) -> Categorical:
    """Only the most frequent categories, each with so many rows too few."""
    counts = Counter(values)
    items = {item: rows - lost for item, rows in counts.most_common(kept) if rows > lost}
    other = len(values) - sum(items.values())
    slack = max((rows for item, rows in counts.items() if item not in items), default=0)
    short = lost if items else 0
    return Categorical(
        name="x", rows=len(values), items=items, other=other, slack=slack, short=short
    )


numbers = st.lists(
    st.one_of(st.integers(-5, 5).map(float), st.floats(-100, 100, width=32)),
    min_size=2,
    max_size=60,
)
texts = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=80)
cutting = st.lists(st.integers(0, 60), max_size=8)
