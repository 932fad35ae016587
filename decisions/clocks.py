"""From times that clocks on the wall show to moments in UTC, also on the days of their changes.

When clocks are put forward, a time that they leap over means the end of the gap; when they are put
back, a time that they show twice means the first.

>>> from zoneinfo import ZoneInfo
>>> f"{moment(datetime(2026, 3, 29, 2, 30), ZoneInfo('Europe/Berlin')):%H:%M}"
'01:00'
>>> f"{moment(datetime(2026, 10, 25, 2, 30), ZoneInfo('Europe/Berlin')):%H:%M}"
'00:30'
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo


def on_the_wall(moment: datetime, zone: tzinfo) -> datetime:
    """What the clocks of a zone show at a moment."""
    return moment.astimezone(zone).replace(tzinfo=None)


def put_back(moment: datetime, zone: tzinfo) -> timedelta:
    """By how much clocks went back, at a time that they show for the second time; else nothing."""
    local = moment.astimezone(zone)
    first, second = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return first - second if local.fold else timedelta()


def moment(wall: datetime, zone: tzinfo) -> datetime:
    """The moment, in UTC, at which the clocks of a zone show a time first, or leap over it."""
    by_old, by_new = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    # In a gap the new offset gives a moment before the change, and the old one a moment after it.
    return by_old if by_old <= by_new else _change(by_new, by_old, zone)


def _change(start: datetime, end: datetime, zone: tzinfo) -> datetime:
    """The moment between two at which the clocks of a zone are changed."""
    seconds = range(int(start.timestamp()), int(end.timestamp()))
    old = start.astimezone(zone).utcoffset()

    def changed(second: int) -> bool:
        return datetime.fromtimestamp(second, zone).utcoffset() != old

    return start + timedelta(seconds=bisect_left(seconds, True, key=changed))
