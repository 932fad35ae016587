"""Which events a subscription wants.

Source: learn.microsoft.com, "Event filtering for Event Grid". The names in a key are compared
without regard to case: the documented key `data.RunTags.…` finds the `runTags` that events carry.
"""

from typing import Any

from local.eventgrid.operators import OPERATORS
from local.eventgrid.schemas import Event, event_type
from local.eventgrid.settings import AdvancedFilter, Filter


def wants(wish: Filter, event: Event) -> bool:
    """Whether an event, in the schema that its topic keeps, passes a subscription's filter."""
    return (
        _type_wanted(wish, event_type(event))
        and _subject_wanted(wish, str(event.get("subject") or ""))
        and all(_holds(condition, event) for condition in wish.advanced_filters)
    )


def field(event: Event, key: str) -> Any:
    """The value at a dotted key, None when there is none."""
    value: Any = event
    for part in key.split("."):
        if not isinstance(value, dict):
            return None
        wanted = part.casefold()
        value = next((item for name, item in value.items() if name.casefold() == wanted), None)
    return value


def _type_wanted(wish: Filter, kind: str) -> bool:
    types = wish.included_event_types
    return types is None or kind.casefold() in {name.casefold() for name in types}


def _subject_wanted(wish: Filter, subject: str) -> bool:
    start, end = wish.subject_begins_with, wish.subject_ends_with
    if not wish.is_subject_case_sensitive:
        subject, start, end = subject.casefold(), start.casefold(), end.casefold()
    return subject.startswith(start) and subject.endswith(end)


def _holds(condition: AdvancedFilter, event: Event) -> bool:
    wanted = (condition.value,) if condition.values is None else condition.values
    return OPERATORS[condition.operator_type](field(event, condition.key), wanted)
