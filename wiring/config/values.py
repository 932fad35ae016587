"""The kinds of values of ratchet.yaml: each says what it expects, and what completes it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from decisions import ncrontab
from scoring.goals import GOALS, plain

_DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=3650)
_FIELDS = "second minute hour day-of-month month day-of-week"


class Section(BaseModel):
    """A part of the file: a name that it does not know is a mistake, not a hint."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def _duration(value: Any) -> timedelta:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a duration such as 30s, 2m, 1h or 7d")
    seconds = int(match[1]) * _UNITS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"a duration of at most {_LONGEST.days}d")
    return timedelta(seconds=seconds)


def _some(duration: timedelta) -> timedelta:
    if not duration:
        raise ValueError("a duration longer than nothing")
    return duration


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"}),
]
SomeDuration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    AfterValidator(_some),
    WithJsonSchema({"type": "string", "pattern": r"^0*[1-9]\d*(ms|s|m|h|d)$"}),
]


def _metric(name: str) -> str:
    if plain(name) not in GOALS:
        raise ValueError(f"{', '.join(GOALS)}, with or without test_ in front")
    return name


Metric = Annotated[
    str,
    AfterValidator(_metric),
    WithJsonSchema({"type": "string", "enum": [*GOALS, *(f"test_{name}" for name in GOALS)]}),
]


def _schedule(expression: str) -> str:
    if len(expression.split()) not in (5, 6):
        raise ValueError(f"NCRONTAB of six fields ({_FIELDS}), such as 0 0 * * * *")
    try:
        schedule = ncrontab.parse(expression)
    except ValueError as error:
        raise ValueError(f"NCRONTAB ({_FIELDS}): {error.__cause__}") from error
    if schedule.latest(datetime.now(UTC), UTC) is None:
        raise ValueError("a schedule with a day that comes: this one never does")
    return expression


Schedule = Annotated[str, AfterValidator(_schedule)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError) as error:
        raise ValueError(
            "a time zone of the IANA database, such as UTC or Europe/Berlin"
        ) from error
    return name


Zone = Annotated[str, AfterValidator(_zone)]

Column = Annotated[str, Field(min_length=1)]

_MODEL = re.compile(r"[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?")


def _names_resources(name: str) -> str:
    if not _MODEL.fullmatch(name):
        raise ValueError(
            "a name for Azure resources: up to 30 lower-case letters, digits and hyphens, a letter "
            "first"
        )
    return name


ModelName = Annotated[str, AfterValidator(_names_resources)]
