"""What a single value of any type stands for: a number, a category, nothing, or neither."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def number(value: object) -> float | None:
    """A value as a number; NaN if there is none, None if it is of another type.

    Dates are seconds since 1970; one without a time zone is taken for UTC. Whole numbers that are
    too large for a float are infinite.

    >>> import datetime
    >>> number(2), number(None), number("2"), number(datetime.date(1970, 1, 2))
    (2.0, nan, None, 86400.0)
    """
    if value is None:
        return math.nan
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, float | Decimal | np.floating | np.integer | np.bool_):
        return float(value)
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return (moment - _EPOCH).total_seconds()
    if isinstance(value, dt.date):
        return (value - _EPOCH.date()).total_seconds()
    if isinstance(value, np.datetime64):
        return math.nan if np.isnat(value) else float(value.astype("M8[us]").astype(np.int64)) / 1e6
    return None


def text(value: object) -> str | None:
    """The category that a value stands for; None if it is of another type.

    >>> text("a"), text(True), text(7), text(0.5)
    ('a', 'true', '7', None)
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer | dt.date | np.datetime64):
        return str(value)
    return None


def is_missing(value: object) -> bool:
    """Whether there is no value: None, NaN or NaT."""
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return value is None or (isinstance(value, float | np.floating) and math.isnan(value))


def category(value: object) -> str | type | None:
    """A value as what it is counted as: its category, None for no value, else only its type.

    >>> category("a"), category(None), category(0.5)
    ('a', None, <class 'float'>)
    """
    if is_missing(value):
        return None
    found = text(value)
    return type(value) if found is None else found


def _whole(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
