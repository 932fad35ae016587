"""Between the Functions host and the handlers: its messages in, our values out, and back."""

import json
import logging
from typing import cast

import azure.functions as func

from decisions.errors import Misconfigured, Rejected
from handlers import envelope, ingest, lanes
from handlers import tick as ticking
from wiring.services import services

MOST_DELIVERIES = 10
_log = logging.getLogger("ratchet")
_MOST_BODY = 1024 * 1024


def events(message: func.ServiceBusMessage) -> None:
    """Take in what Event Grid put on the queue."""
    _report(ingest.ingest(message.get_body(), "events", services()))


def push(event: func.EventGridEvent) -> None:
    """Take in what Event Grid pushed: the host hands over either schema as an object."""
    document = json.dumps(_document(event)).encode()
    _report(ingest.ingest(document, "push", services()))


def receive(request: func.HttpRequest) -> func.HttpResponse:
    """Take in CloudEvents over HTTP; what cannot be read is refused with the reason."""
    if request.method == "OPTIONS":
        return _handshake(request)
    body = request.get_body()
    if len(body) > _MOST_BODY:
        return _problem(413, f"the body has {len(body)} bytes; {_MOST_BODY} are the most")
    try:
        envelopes = envelope.from_http(request.headers, body)
    except Rejected as error:
        return _problem(400, str(error))
    taken = ingest.take(envelopes, "http", services())
    _report(taken)
    return _json(202, {name: getattr(taken, name) for name in taken.__struct_fields__})


def step(message: func.ServiceBusMessage) -> None:
    """Answer a lane message."""
    lanes.take_step(_received("lanes", message), services())


def work(message: func.ServiceBusMessage) -> None:
    """Do a work message."""
    lanes.take_work(_received("work", message), services())


def tick() -> None:
    """Look for what events should have told."""
    ticking.tick(services())


def health() -> func.HttpResponse:
    """Whether the app is configured: every missing setting and every mistake, without values."""
    try:
        services().check()
    except Misconfigured as error:
        return _json(503, {"status": "misconfigured", "problems": str(error).splitlines()})
    return _json(200, {"status": "healthy"})


def _received(queue: str, message: func.ServiceBusMessage) -> lanes.Received:
    properties = cast("dict[str, object]", message.application_properties or {})
    return lanes.Received(
        queue=queue,
        body=message.get_body(),
        delivery=message.delivery_count or 1,
        last=MOST_DELIVERIES,
        retry=int(str(properties.get("retry", 0))),
    )


def _document(event: func.EventGridEvent | func.CloudEvent) -> dict[str, object]:
    common = {"id": event.id, "subject": event.subject, "data": event.get_json()}
    if isinstance(event, func.CloudEvent):
        return {**common, "specversion": "1.0", "source": event.source, "type": event.type}
    return {**common, "topic": event.topic, "eventType": event.event_type}


def _handshake(request: func.HttpRequest) -> func.HttpResponse:
    """Answer the abuse protection of CloudEvents web hooks (HTTP 1.1 Web Hooks, section 4)."""
    origin = request.headers.get("WebHook-Request-Origin")
    if not origin:
        return _problem(400, "the header WebHook-Request-Origin is missing")
    headers = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
    return func.HttpResponse(status_code=200, headers=headers)


def _report(taken: ingest.Ingested) -> None:
    _log.info(
        "ingested: %d sent, %d ignored, %d of unknown type, %d parked",
        taken.sent,
        taken.ignored,
        taken.unknown,
        taken.parked,
    )


def _problem(status: int, reason: str) -> func.HttpResponse:
    return _json(status, {"error": reason})


def _json(status: int, document: dict[str, object]) -> func.HttpResponse:
    body = json.dumps(document)
    return func.HttpResponse(body, status_code=status, mimetype="application/json")
