"""Deliveries to webhooks, after these have given their consent.

Source: learn.microsoft.com, "Endpoint validation" for both schemas; CloudEvents HTTP webhooks 1.0,
section 4 (Apache-2.0). An endpoint that is not up yet, or does not consent, is asked again; its
deliveries wait. An answer with 200 but without the code leaves it to a person to open the
validation URL.
"""

import asyncio
import hmac
import http
import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import msgspec

from local.eventgrid.destinations.headers import CONTENT_TYPES, attributes, notification
from local.eventgrid.retries import NEVER_WEBHOOK
from local.eventgrid.schemas import delivered
from local.eventgrid.settings import CLOUD_EVENTS, EVENT_GRID, Schema, Subscription, Topic, WebHook
from local.eventgrid.store import Delivery

ORIGIN = "eventgrid.azure.net"
PATIENCE = 30.0
ASK_AGAIN = 5.0
UNREACHABLE = 503
_LOG = logging.getLogger(__name__)


class Endpoint:
    """Port `Destination` on an HTTP endpoint."""

    never = NEVER_WEBHOOK

    def __init__(
        self, subscription: Subscription, target: WebHook, topic: Topic, *, root: str, factor: float
    ) -> None:
        self._subscription = subscription
        self._schema: Schema = subscription.properties.event_delivery_schema
        self._target = target
        self._topic = topic
        self._root = root
        self._ask_again = ASK_AGAIN * factor
        self._code = str(uuid.uuid4())
        self._consented = asyncio.Event()
        self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)

    def confirm(self, code: str) -> bool:
        """A person opened the validation URL; whether the code was right."""
        right = hmac.compare_digest(code.encode(), self._code.encode())
        if right:
            self._consented.set()
        return right

    async def open(self) -> None:
        """Ask until the endpoint, or a person for it, consents."""
        ask = self._options if self._schema == CLOUD_EVENTS else self._validation_event
        while not self._consented.is_set():
            try:
                if await ask():
                    self._consented.set()
            except (httpx.HTTPError, msgspec.DecodeError) as error:
                _LOG.info("%s has not consented: %r", self._subscription.name, error)
            if not self._consented.is_set():
                await asyncio.sleep(self._ask_again)

    async def deliver(self, deliveries: Sequence[Delivery]) -> list[int]:
        """Post each event in a request of its own, side by side."""
        return await asyncio.gather(*(self._post(delivery) for delivery in deliveries))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, delivery: Delivery) -> int:
        event = delivered(delivery.event, self._topic.input_schema, self._schema)
        chosen = attributes(self._target.properties.delivery_attribute_mappings, delivery.event)
        body = [event] if self._schema == EVENT_GRID else event
        headers = {
            "content-type": CONTENT_TYPES[self._schema],
            **notification(self._subscription, delivery, event),
            **chosen,
        }
        try:
            response = await self._client.post(
                self._url, content=msgspec.json.encode(body), headers=headers
            )
        except httpx.TimeoutException:
            return http.HTTPStatus.REQUEST_TIMEOUT
        except httpx.HTTPError:
            return UNREACHABLE
        return response.status_code

    async def _options(self) -> bool:
        response = await self._client.options(self._url, headers={"WebHook-Request-Origin": ORIGIN})
        return response.is_success and response.headers.get("WebHook-Allowed-Origin") in (
            ORIGIN,
            "*",
        )

    async def _validation_event(self) -> bool:
        event = {
            "id": str(uuid.uuid4()),
            "topic": self._topic.id,
            "subject": "",
            "data": {
                "validationCode": self._code,
                "validationUrl": f"{self._root}/eventsubscriptions/{self._subscription.name}"
                f"/validate?id={self._code}",
            },
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": datetime.now(UTC).isoformat(),
            "metadataVersion": "1",
            "dataVersion": "2",
        }
        headers = {
            "content-type": CONTENT_TYPES[EVENT_GRID],
            "aeg-event-type": "SubscriptionValidation",
            "aeg-subscription-name": self._subscription.name.upper(),
            "aeg-delivery-count": "0",
            "aeg-data-version": "2",
            "aeg-metadata-version": "1",
        }
        response = await self._client.post(
            self._url, content=msgspec.json.encode([event]), headers=headers
        )
        if response.status_code != http.HTTPStatus.OK:
            return False
        answer = msgspec.json.decode(response.content or b"null")
        return isinstance(answer, dict) and answer.get("validationResponse") == self._code

    @property
    def _url(self) -> str:
        return self._target.properties.endpoint_url
