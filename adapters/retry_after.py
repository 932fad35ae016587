"""The wait that an HTTP answer asks for in its header Retry-After."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=1)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait, at most a day; None when none is asked for, or none that can be read.

    A date is taken against the answer's own Date, so that no clock is needed here.

    >>> retry_after({"Retry-After": "120"})
    datetime.timedelta(seconds=120)
    >>> retry_after({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT",
    ...              "Date": "Sat, 21 Nov 2026 10:00:00 GMT"})
    datetime.timedelta(seconds=30)
    >>> retry_after({"Retry-After": "soon"}) is None
    True
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdecimal():
        return min(timedelta(seconds=int(asked[:9])), _LONGEST)
    until, now = _date(asked), _date(headers.get("Date", ""))
    if until is None or now is None:
        return None
    return min(max(until - now, timedelta()), _LONGEST)


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone()
    except (ValueError, OverflowError):
        return None
