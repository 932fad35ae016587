"""NCRONTAB, the schedules of timer triggers: six fields, of which the first is the second.

    second minute hour day-of-month month day-of-week

It differs from the cron that libraries implement: the day of the month and the day of the week must
both match, Sunday is 0 and never 7, and names match by prefix (`Augu`, `SEPT`). Five fields are
accepted, for second 0. The next occurrence is strictly later than the given instant.

>>> parse("0 */5 * * * *").next_after(datetime(2026, 11, 21, 10, 2))
datetime.datetime(2026, 11, 21, 10, 5)

In a time zone a schedule names times of the clock on the wall; `decisions.clocks` says what becomes
of them when clocks are changed.

Source of the rules: atifaziz/NCrontab (Apache-2.0) and Azure/azure-webjobs-sdk-extensions (MIT).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import product

from decisions import clocks

_MONTHS = tuple(calendar.month_name)[1:]
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_LONGEST_SEARCH = timedelta(days=41 * 366)  # 29 February falls on a given weekday within 40 years.


@dataclass(frozen=True, kw_only=True)
class _Field:
    """What one field may hold; names, if it has any, stand for the values from `first` on."""

    first: int
    last: int
    names: tuple[str, ...] = ()

    @property
    def every(self) -> frozenset[int]:
        return frozenset(range(self.first, self.last + 1))

    def values(self, text: str) -> frozenset[int]:
        """The values of a list such as `1,3-5,10/15`. Raises ValueError."""
        return frozenset(value for part in text.split(",") for value in self._part(part))

    def _part(self, text: str) -> range:
        bounds, slash, step = text.partition("/")
        low, dash, high = bounds.partition("-")
        if bounds == "*":
            start, stop = self.first, self.last
        else:
            start = self._value(low)
            stop = self._value(high) if dash else self.last if slash else start
        if start > stop:
            raise ValueError(f"the range {bounds!r} runs backwards")
        return range(start, stop + 1, self._step(step) if slash else 1)

    def _value(self, text: str) -> int:
        if text.isascii() and text.isdigit():
            if not self.first <= int(text) <= self.last:
                raise ValueError(f"{text} is not between {self.first} and {self.last}")
            return int(text)
        for value, name in enumerate(self.names, self.first):
            if text and name.lower().startswith(text.lower()):
                return value
        raise ValueError(f"{text!r} is not a value of this field")

    @staticmethod
    def _step(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text)):
            raise ValueError(f"{text!r} is not a step")
        return int(text)


_SIXTY = _Field(first=0, last=59)
_FIELDS = (
    _SIXTY,
    _SIXTY,
    _Field(first=0, last=23),
    _Field(first=1, last=31),
    _Field(first=1, last=12, names=_MONTHS),
    _Field(first=0, last=6, names=_DAYS),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The values that each field allows."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def next_after(self, instant: datetime) -> datetime | None:
        """The first occurrence after the instant, or None when there is none."""
        return next((wall for wall in self._walls(instant) if wall > instant), None)

    def next(self, after: datetime, zone: tzinfo) -> datetime | None:
        """The first occurrence after an instant by the clocks of a zone, in UTC, if there is one.

        Times on the wall and the moments that they name follow in the same order, so the first
        that is late enough is the first of all.
        """
        moments = (
            clocks.moment(wall, zone) for wall in self._walls(clocks.on_the_wall(after, zone))
        )
        return next((moment for moment in moments if moment > after), None)

    def latest(self, now: datetime, zone: tzinfo) -> datetime | None:
        """The last occurrence up to an instant by the clocks of a zone, in UTC, if there is one."""
        walls = self._walls(clocks.on_the_wall(now, zone) + clocks.put_back(now, zone), back=True)
        moments = (clocks.moment(wall, zone) for wall in walls)
        return next((moment for moment in moments if moment <= now), None)

    @property
    def within_a_minute(self) -> bool:
        """Whether it occurs more than once in each minute; such a schedule is not monitored."""
        fields = (self.minutes, self.hours, self.days, self.months, self.weekdays)
        always = all(
            values == field.every for values, field in zip(fields, _FIELDS[1:], strict=True)
        )
        return always and len(self.seconds) > 1

    def _walls(self, start: datetime, *, back: bool = False) -> Iterator[datetime]:
        """The occurrences on the wall from the minute of `start` on, or from it backwards."""
        first = start.hour, start.minute
        seconds = sorted(self.seconds, reverse=back)
        for day in self._days(start.date(), -1 if back else 1):
            for minute in self._minutes(back=back):
                if day == start.date() and (minute > first if back else minute < first):
                    continue
                for second in seconds:
                    yield datetime.combine(day, time(*minute, second), start.tzinfo)

    def _days(self, start: date, step: int) -> Iterator[date]:
        for offset in range(_LONGEST_SEARCH.days):
            day = start + timedelta(days=offset * step)
            dated = day.month in self.months and day.day in self.days
            if dated and day.isoweekday() % 7 in self.weekdays:
                yield day

    def _minutes(self, *, back: bool) -> Iterator[tuple[int, int]]:
        """The hours and minutes of a day."""
        return product(sorted(self.hours, reverse=back), sorted(self.minutes, reverse=back))


def parse(expression: str) -> Schedule:
    """The schedule of an expression. Raises ValueError with the sentence of the real host."""
    words = expression.split()
    if len(words) == len(_FIELDS) - 1:
        words = ["0", *words]
    try:
        values = [field.values(word) for field, word in zip(_FIELDS, words, strict=True)]
    except ValueError as error:
        raise ValueError(
            f"The schedule expression '{expression}' was not recognized as a valid cron "
            f"expression: {error}"
        ) from error
    return Schedule(*values)
