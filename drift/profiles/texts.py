"""Text that stands for numbers, dates or truth values, in formats without types."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from drift.columns import Numbers

_MICROSECONDS = 1e6
_TRUTHS = {"true": True, "false": False}


class Read(NamedTuple):
    """What could be read, and how many texts could not."""

    values: Numbers
    invalid: int


def numbers(text: pa.Array) -> Read:
    """Numbers, NaN and infinities among them, with a decimal point. `text` has no nulls."""
    try:
        return Read(compute.cast(text, pa.float64()).to_numpy(), 0)
    except pa.ArrowInvalid:
        return _one_by_one(text, _number)


def dates(text: pa.Array) -> Read:
    """Dates and times by ISO 8601 as seconds since 1970; without a zone they are UTC."""
    try:
        times = compute.cast(text, pa.timestamp("us")).cast(pa.int64())
        return Read(times.to_numpy() / _MICROSECONDS, 0)
    except pa.ArrowInvalid:
        return _one_by_one(text, _seconds)


def truths(text: pa.Array) -> Read:
    """`true` and `false` in any case, as 1 and 0."""
    return _one_by_one(text, _truth)


def _one_by_one(text: pa.Array, read: Callable[[str], float | None]) -> Read:
    """Each different text is read once; None stands for what is not valid."""
    found = text.dictionary_encode()
    read_once = [read(one) for one in found.dictionary.to_pylist()]
    valid = np.array([one is not None for one in read_once], bool)
    values = np.array([one or 0.0 for one in read_once], np.float64)
    places = found.indices.to_numpy()
    kept = valid[places]
    return Read(values[places[kept]], len(places) - int(kept.sum()))


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _truth(text: str) -> float | None:
    return _TRUTHS.get(text.strip().lower())
