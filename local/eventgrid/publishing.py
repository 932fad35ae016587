"""The HTTP interface: publication as Event Grid has it, the manual handshake, and the tests' own.

POST /topics/{name}/api/events                publish
GET  /eventsubscriptions/{name}/validate?id=  a person consents for an endpoint
GET  /admin                                   what happens: counts, open subscriptions, faults
PUT  /admin/faults                            make trouble, see `faults`
POST /admin/replay                            publish again what was published before
"""

from collections.abc import Mapping

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cloud.errors import Refused
from local.eventgrid.destinations import Destination
from local.eventgrid.destinations.webhooks import Endpoint
from local.eventgrid.dispatcher import Dispatcher
from local.eventgrid.faults import Faults
from local.eventgrid.replay import Replay, replayed
from local.eventgrid.schemas import LARGEST, UnacceptableError, accept
from local.eventgrid.senders import Senders
from local.eventgrid.store import Store
from local.eventgrid.topics import Topics


class Interface:
    """The routes over the parts that they show."""

    def __init__(
        self,
        topics: Topics,
        store: Store,
        dispatcher: Dispatcher,
        destinations: Mapping[str, Destination],
        senders: Senders,
    ) -> None:
        self._topics = topics
        self._store = store
        self._dispatcher = dispatcher
        self._destinations = destinations
        self._senders = senders

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/topics/{name}/api/events", self._publish, methods=["POST"]),
                Route("/eventsubscriptions/{name}/validate", self._validate, methods=["GET"]),
                Route("/admin", self._show, methods=["GET"]),
                Route("/admin/faults", self._make_trouble, methods=["PUT"]),
                Route("/admin/replay", self._replay, methods=["POST"]),
            ]
        )

    async def _publish(self, request: Request) -> Response:
        topic = self._topics.by_name.get(request.path_params["name"])
        if topic is None:
            return _error(404, "NotFound", "There is no such topic.")
        try:
            self._senders.check(topic, request.headers)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)
        body = await request.body()
        if len(body) > LARGEST:
            return _error(413, "PayloadTooLarge", f"At most {LARGEST} bytes can be published.")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            events = accept(topic, media_type, body)
        except UnacceptableError as error:
            return _error(400, "BadRequest", str(error))
        self._topics.publish(topic.name, events)
        return Response(status_code=200)

    async def _validate(self, request: Request) -> Response:
        endpoint = self._destinations.get(request.path_params["name"])
        code = request.query_params.get("id", "")
        if not isinstance(endpoint, Endpoint) or not endpoint.confirm(code):
            return _error(400, "BadRequest", "The validation code is not that of a subscription.")
        return Response("Webhook successfully validated as a subscription endpoint.")

    async def _show(self, _: Request) -> Response:
        shown = {
            "deliveries": self._store.counts(),
            "open": sorted(self._dispatcher.open),
            "faults": msgspec.to_builtins(self._topics.faults),
        }
        return JSONResponse(shown)

    async def _make_trouble(self, request: Request) -> Response:
        try:
            self._topics.faults = msgspec.json.decode(await request.body(), type=Faults)
        except msgspec.DecodeError as error:
            return _error(400, "BadRequest", str(error))
        return await self._show(request)

    async def _replay(self, request: Request) -> Response:
        try:
            wish = msgspec.json.decode(await request.body(), type=Replay)
        except msgspec.DecodeError as error:
            return _error(400, "BadRequest", str(error))
        events = replayed(self._store.published(), wish)
        for topic, event in events:
            self._topics.publish(topic, [event])
        return JSONResponse({"published": len(events)})


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
