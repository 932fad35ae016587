"""What an app is told from outside: `local.settings.json` and `host.json`.

Source of names and defaults: schemastore `host.json` and `local.settings.json` (Apache-2.0).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

T = TypeVar("T")
_REFERENCE = re.compile(r"%([^%\s]+)%")
_DURATION = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})")
_COUNT = msgspec.Meta(ge=1)


class LocalSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """The file that stands for the application settings of a function app."""

    values: dict[str, str] = {}
    is_encrypted: bool = False


class Http(msgspec.Struct, frozen=True, rename="camel"):
    """Of `extensions.http`."""

    route_prefix: str = "api"


class ServiceBus(msgspec.Struct, frozen=True, rename="camel"):
    """Of `extensions.serviceBus`; durations are `[d.]hh:mm:ss`."""

    prefetch_count: Annotated[int, msgspec.Meta(ge=0)] = 0
    auto_complete_messages: bool = True
    max_auto_lock_renewal_duration: str = "00:05:00"
    max_concurrent_calls: Annotated[int, _COUNT] = 16
    max_concurrent_sessions: Annotated[int, _COUNT] = 8
    session_idle_timeout: str = "00:01:00"


class Extensions(msgspec.Struct, frozen=True, rename="camel"):
    """The extensions that this host has."""

    http: Http = Http()
    service_bus: ServiceBus = ServiceBus()


class HostSettings(msgspec.Struct, frozen=True, rename="camel"):
    """The part of `host.json` that this host honours; the rest concerns Azure alone."""

    function_timeout: str = "00:30:00"
    extensions: Extensions = Extensions()


def load_local_settings(path: Path) -> LocalSettings:
    """The settings of the file. Raises ValueError."""
    settings = _load(path, LocalSettings)
    if settings.is_encrypted:
        raise ValueError(f"{path} is encrypted; decrypt it, and set IsEncrypted to false")
    return settings


def load_host_settings(path: Path) -> HostSettings:
    """The settings of the file. Raises ValueError."""
    settings = _load(path, HostSettings)
    bus = settings.extensions.service_bus
    for text in (bus.max_auto_lock_renewal_duration, bus.session_idle_timeout):
        seconds(text)
    timeout_seconds(settings)
    return settings


def timeout_seconds(settings: HostSettings) -> float | None:
    """How long an invocation may take; None when unbounded (-1)."""
    return None if settings.function_timeout == "-1" else seconds(settings.function_timeout)


def seconds(duration: str) -> float:
    """The length of `[d.]hh:mm:ss`. Raises ValueError.

    >>> seconds("1.00:10:05")
    87005.0
    """
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"{duration!r} in host.json is no duration; write [d.]hh:mm:ss")
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + rest)


def resolve(text: str, settings: Mapping[str, str]) -> str:
    """The text with each `%SETTING%` replaced by its value. Raises ValueError naming it."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in settings:
            raise ValueError(
                f"'{match[0]}' does not resolve to a value: add the setting {match[1]}"
            )
        return settings[match[1]]

    return _REFERENCE.sub(value, text)


def _load(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"{path} cannot be used: {error}") from error
