"""The web hook of the Event Grid extension: handshakes, and one invocation an event.

Source: Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.EventGrid,
`HttpRequestProcessor.cs` (MIT).
"""

import asyncio
import json
from typing import Any

from azure.functions.meta import Datum
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.functions.indexing import Function
from local.functions.invocation import Invoker

_ORIGIN = "eventgrid.azure.net"


def event_data(document: Any) -> Datum:
    """The data of one event, in either schema."""
    return Datum(json.dumps(document), "json")


def handshake(request: Request) -> Response:
    """Answer the OPTIONS of CloudEvents: only Event Grid may send."""
    origin = request.headers.get("webhook-request-origin", _ORIGIN)
    known = origin == _ORIGIN or origin.endswith("." + _ORIGIN)
    return Response(headers={"Webhook-Allowed-Origin": origin if known else _ORIGIN})


async def deliver(function: Function, request: Request, body: bytes, invoker: Invoker) -> Response:
    """Answer a POST by its `aeg-event-type`; 400 when that is missing or another."""
    kind = request.headers.get("aeg-event-type", "").lower()
    if kind == "unsubscribe":
        return Response(status_code=202)
    try:
        if kind == "subscriptionvalidation":
            return _validate(json.loads(body))
        if kind == "notification":
            return await _notify(function, json.loads(body), invoker)
    except (ValueError, LookupError, TypeError) as error:
        return Response(f"the body is not what a {kind} has: {error}", 400)
    return Response("the header aeg-event-type is missing, or its value is not known", 400)


def _validate(document: Any) -> Response:
    """Give the code back; in CloudEvents schema the data is JSON within JSON."""
    data = document[0]["data"] if isinstance(document, list) else json.loads(document["data"])
    return JSONResponse({"validationResponse": data["validationCode"]})


async def _notify(function: Function, document: Any, invoker: Invoker) -> Response:
    """One failure fails the whole delivery; Event Grid then sends all of it again."""
    events = document if isinstance(document, list) else [document]
    outcomes = await asyncio.gather(*(invoker.invoke(function, event_data(e)) for e in events))
    failure = next((outcome.error for outcome in outcomes if outcome.error), None)
    return Response(status_code=202) if failure is None else Response(str(failure), 500)
