"""Some values of a column, sorted out: what fits its kind, what is missing, and what is neither."""

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute, types

from drift.columns import Counts, Numbers
from drift.kinds import Kind
from drift.profiles.kinds import kind_of_type
from drift.profiles.texts import Read, dates, numbers, truths

_LONGEST = 128  # Bytes of a category's name; a longer one is kept as its beginning and a digest.
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


class NumericPart(NamedTuple):
    """Finite numbers in any order, and how many values were something else."""

    values: Numbers
    missing: int = 0
    infinite: int = 0
    invalid: int = 0


class CategoricalPart(NamedTuple):
    """Categories with their rows, and how many values were something else."""

    counts: dict[str, int]
    missing: int = 0
    invalid: int = 0


def numeric_part(piece: pa.Array, kind: Kind, stands_for: frozenset[Kind]) -> NumericPart:
    """The values of a column of numbers or dates; NaN counts as missing."""
    found = piece.drop_null() if piece.null_count else piece
    missing = len(piece) - len(found)
    read = _numbers(found, kind, stands_for)
    if np.isfinite(read.values).all():
        return NumericPart(read.values, missing, 0, read.invalid)
    infinite = int(np.isinf(read.values).sum())
    finite = read.values[np.isfinite(read.values)]
    nans = len(read.values) - infinite - len(finite)
    return NumericPart(finite, missing + nans, infinite, read.invalid)


def categorical_part(piece: pa.Array, kind: Kind, stands_for: frozenset[Kind]) -> CategoricalPart:
    """The values of a column of categories or truth values, counted."""
    found = piece.drop_null() if piece.null_count else piece
    missing = len(piece) - len(found)
    own = kind_of_type(found.type)
    if kind == "boolean" and own == "categorical" and "boolean" in stands_for:
        read = truths(_decoded(found))
        true = int(read.values.sum())
        counts = {"false": len(read.values) - true, "true": true}
        return CategoricalPart(_present(counts), missing, read.invalid)
    if own != kind:
        return CategoricalPart({}, missing, len(found))
    return _counted(found, missing)


def _numbers(found: pa.Array, kind: Kind, stands_for: frozenset[Kind]) -> Read:
    own = kind_of_type(found.type)
    if own == "categorical" and kind in stands_for:
        return dates(_decoded(found)) if kind == "date" else numbers(_decoded(found))
    if own != kind:
        return Read(np.empty(0), len(found))
    return Read(_seconds(_decoded(found)) if kind == "date" else _floats(_decoded(found)), 0)


def _floats(found: pa.Array) -> Numbers:
    if types.is_temporal(found.type):  # A time of day or a duration: in seconds.
        ticks = compute.cast(found, pa.int32()) if types.is_time32(found.type) else found
        return _in_seconds(ticks, found.type.unit)
    # Whole numbers beyond 2**53 are rounded, which `safe` would refuse.
    values: Numbers = compute.cast(found, pa.float64(), safe=False).to_numpy()
    return values


def _seconds(found: pa.Array) -> Numbers:
    if types.is_date32(found.type):
        found = compute.cast(found, pa.timestamp("s"))
    return _in_seconds(found, "ms" if types.is_date64(found.type) else found.type.unit)


def _in_seconds(ticks: pa.Array, unit: str) -> Numbers:
    whole: Counts = compute.cast(ticks, pa.int64()).to_numpy()
    return np.true_divide(whole, _UNITS[unit], dtype=np.float64)


def _counted(found: pa.Array, missing: int) -> CategoricalPart:
    if not types.is_dictionary(found.type):
        found = found.dictionary_encode()
    indices = found.indices
    rows = np.bincount(indices.to_numpy(zero_copy_only=False), minlength=len(found.dictionary))
    present = np.flatnonzero(rows)
    names = found.dictionary.take(pa.array(present)).to_pylist()
    counts: dict[str, int] = {}
    for name, count in zip(names, rows[present].tolist(), strict=True):
        if name is None:
            missing += count
            continue
        kept = str(name).lower() if isinstance(name, bool) else _shortened(name)
        counts[kept] = counts.get(kept, 0) + count
    return CategoricalPart(counts, missing)


def _shortened(name: str) -> str:
    if len(name) * 4 <= _LONGEST or len(encoded := name.encode()) <= _LONGEST:
        return name
    digest = blake2b(encoded, digest_size=8).hexdigest()
    return f"{encoded[: _LONGEST - 24].decode(errors='ignore')}… {digest}"


def _decoded(found: pa.Array) -> pa.Array:
    return found.dictionary_decode() if types.is_dictionary(found.type) else found


def _present(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
