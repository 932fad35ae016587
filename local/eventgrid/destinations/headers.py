"""What accompanies every delivery: Event Grid's headers, content types, and chosen attributes.

Source: learn.microsoft.com, "Event Grid message headers" and "Custom delivery properties". Headers
of an HTTP request, application properties of a message.
"""

from collections.abc import Iterable

from local.eventgrid.filters import field
from local.eventgrid.schemas import Event
from local.eventgrid.settings import CLOUD_EVENTS, EVENT_GRID, Mapping, Schema, Subscription
from local.eventgrid.store import Delivery

CONTENT_TYPES: dict[Schema, str] = {
    EVENT_GRID: "application/json; charset=utf-8",
    CLOUD_EVENTS: "application/cloudevents+json; charset=utf-8",
}


def notification(subscription: Subscription, delivery: Delivery, event: Event) -> dict[str, str]:
    """The headers of a delivery of `event`, which is in the schema of the subscription."""
    own = event.get("metadataVersion") or event.get("specversion")
    headers = {
        "aeg-subscription-name": subscription.name.upper(),
        "aeg-delivery-count": str(delivery.attempts),
        "aeg-event-type": "Notification",
        "aeg-metadata-version": str(own),
        "aeg-output-event-id": delivery.message,
    }
    if "dataVersion" in event:
        headers["aeg-data-version"] = str(event["dataVersion"])
    return headers


def attributes(mappings: Iterable[Mapping], event: Event) -> dict[str, str]:
    """The delivery attributes that a subscription asks for; those without a value are left out."""
    chosen = {
        mapping.name: mapping.properties.get("value")
        if mapping.type == "Static"
        else field(event, str(mapping.properties.get("sourceField")))
        for mapping in mappings
    }
    return {name: str(value) for name, value in chosen.items() if value is not None}
