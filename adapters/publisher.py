"""Ratchet's own events, told as CloudEvents on an Event Grid topic."""

from collections.abc import Mapping
from typing import Any

from azure.core.credentials import AzureKeyCredential, TokenCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient

from adapters.errors import translated

# The client of 4.22 passes its own options on for namespaces alone, so they go with each call.
_AT_ONCE: dict[str, Any] = {"retry_total": 0, "connection_timeout": 5, "read_timeout": 20}


class TopicPublisher:
    """Port `Publisher` on the topic at `endpoint`; `source` is what its events come from.

    Nothing is tried twice here: a publication that fails stays pending until the lane tries again.
    """

    def __init__(
        self, endpoint: str, credential: AzureKeyCredential | TokenCredential, source: str
    ) -> None:
        self._source = source
        self._client = EventGridPublisherClient(endpoint, credential)

    def publish(self, identifier: str, model: str, kind: str, data: Mapping[str, Any]) -> None:
        """Publish one CloudEvent of the type `ratchet.<kind>`, about the model."""
        event = CloudEvent(
            id=identifier,
            source=self._source,
            type=f"ratchet.{kind}",
            subject=f"models/{model}",
            data=dict(data),
        )
        with translated(f"publish {kind} on the Event Grid topic", "EventGrid Data Sender"):
            self._client.send(event, **_AT_ONCE)


class Silent:
    """Port `Publisher` where no topic is configured: nobody is told."""

    def publish(self, identifier: str, model: str, kind: str, data: Mapping[str, Any]) -> None:
        """Nothing is published."""
