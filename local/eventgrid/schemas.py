"""Events in the two schemas of Event Grid: what a topic accepts, how one becomes the other.

Sources: Azure/azure-rest-api-specs, Microsoft.EventGrid data plane 2018-01-01 (MIT); CloudEvents
1.0 (Apache-2.0). An EventGridSchema topic delivers in either schema, a CloudEvents topic in its
own alone.
"""

from typing import Any

import msgspec

from local.eventgrid.settings import CLOUD_EVENTS, EVENT_GRID, Schema, Topic

Event = dict[str, Any]
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LARGEST = 1024 * 1024
_REQUIRED: dict[Schema, tuple[str, ...]] = {
    EVENT_GRID: ("id", "eventType", "subject", "eventTime", "dataVersion"),
    CLOUD_EVENTS: ("id", "source", "type", "specversion"),
}
_RENAMED = {"topic": "source", "eventType": "type", "eventTime": "time"}


class UnacceptableError(Exception):
    """A publication that the topic does not take; the message says why."""


def accept(topic: Topic, media_type: str, body: bytes) -> list[Event]:
    """The events of a publication, as the topic keeps them.

    Raises:
        UnacceptableError: The body is no batch of events of the topic's schema.
    """
    sent = CLOUD_EVENTS if media_type in (STRUCTURED, BATCH) else EVENT_GRID
    if sent != topic.input_schema:
        raise UnacceptableError(f"The topic {topic.name} takes events in the {topic.input_schema}.")
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise UnacceptableError(f"The body is not JSON: {error}.") from error
    events = [document] if media_type == STRUCTURED else document
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise UnacceptableError("The body is not an array of events.")
    return [_checked(topic, event) for event in events]


def delivered(event: Event, kept: Schema, wanted: Schema) -> Event:
    """An event as a subscription gets it: as it is kept, or the Event Grid one as a CloudEvent."""
    if kept == wanted:
        return event
    renamed = {_RENAMED.get(name, name): value for name, value in event.items()}
    unknown = ("dataVersion", "metadataVersion")
    return {
        **{name: value for name, value in renamed.items() if name not in unknown},
        "specversion": "1.0",
    }


def event_type(event: Event) -> str:
    """The type, in either schema."""
    return str(event.get("eventType") or event.get("type"))


def _checked(topic: Topic, event: Event) -> Event:
    missing = [name for name in _REQUIRED[topic.input_schema] if not _given(event, name)]
    if missing:
        raise UnacceptableError(f"An event lacks {', '.join(missing)}.")
    if topic.input_schema == CLOUD_EVENTS:
        if event["specversion"] != "1.0":
            raise UnacceptableError(f"The specversion {event['specversion']!r} is not 1.0.")
        return event
    if event.get("topic") not in (None, "", topic.id):
        raise UnacceptableError(f"The event's topic is not {topic.id}.")
    return {**event, "topic": topic.id, "metadataVersion": "1"}


def _given(event: Event, name: str) -> bool:
    """Whether a required field is there; only `dataVersion` may be empty."""
    value = event.get(name)
    return isinstance(value, str) and (name == "dataVersion" or bool(value))
