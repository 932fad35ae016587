"""HTTP and Event Grid functions that show what they were given."""

import asyncio
import json
import os
from pathlib import Path

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="models/{name}/{version:int?}", methods=["GET", "POST"])
def model(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    shown = {
        "method": req.method,
        "name": req.route_params.get("name"),
        "version": req.route_params.get("version"),
        "params": dict(req.params),
        "header": req.headers.get("X-Test"),
        "body": req.get_body().decode(),
        "function": context.function_name,
        "invocation": context.invocation_id,
        "setting": os.environ.get("A_SETTING"),  # noqa: TID251 - An app of its own.
    }
    return func.HttpResponse(json.dumps(shown), mimetype="application/json")


@app.route(route="open", auth_level=func.AuthLevel.ANONYMOUS)
async def open_door(req: func.HttpRequest) -> str:
    await asyncio.sleep(0)
    return "open"


@app.route(route="closed", auth_level=func.AuthLevel.ADMIN)
def closed(req: func.HttpRequest) -> func.HttpResponse:
    headers = {"Set-Cookie": "a=1; Path=/", "X-Answer": "42"}
    return func.HttpResponse(b"\x00\xff", status_code=201, headers=headers, mimetype="a/b")


@app.route(route="silent", auth_level=func.AuthLevel.ANONYMOUS)
def silent(req: func.HttpRequest) -> None:
    return None


@app.route(route="raises", auth_level=func.AuthLevel.ANONYMOUS)
def raises(req: func.HttpRequest) -> str:
    raise RuntimeError("a secret of the inside")


@app.event_grid_trigger(arg_name="event")
def push(event: func.EventGridEvent) -> None:
    if isinstance(event, func.CloudEvent):
        shown = {"schema": "CloudEvent", "id": event.id, "type": event.type}
    else:
        shown = {"schema": "EventGridEvent", "id": event.id, "type": event.event_type}
    document = event.get_json()
    if document.get("fails"):
        raise RuntimeError(f"{event.id} fails")
    with Path(os.environ["SEEN"]).open("a") as seen:  # noqa: TID251 - As above.
        seen.write(json.dumps({**shown, "data": document}) + "\n")
