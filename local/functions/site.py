"""The host's HTTP surface: the app's routes, and the web hook of the Event Grid extension."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from local.functions.admin import Admin
from local.functions.host import Door, Host
from local.functions.indexing import Kind
from local.functions.keys import Access
from local.functions.requests import METHODS, read_body, require
from local.functions.triggers.eventgrid import deliver, handshake
from local.functions.triggers.http import request_data, response


def site(host: Host) -> Starlette:
    """The application that serves the host."""
    doors = _Doors(host)
    return Starlette(
        routes=[
            Mount("/admin", routes=Admin(host).routes()),
            Route("/runtime/webhooks/eventgrid", doors.event_grid, methods=METHODS),
            Route("/{path:path}", doors.function, methods=METHODS),
        ]
    )


class _Doors:
    """What is open to the outside."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def event_grid(self, request: Request) -> Response:
        """Hand events to the function that the query names."""
        require(self._host.keys, Access.SYSTEM, request)
        name = request.query_params.get("functionName", "")
        function = self._host.functions.get(name)
        if function is None or function.kind is not Kind.EVENT_GRID:
            raise HTTPException(404, f"cannot find function: '{name}'")
        if request.method == "OPTIONS":
            return handshake(request)
        return await deliver(function, request, await read_body(request), self._host.invoker)

    async def function(self, request: Request) -> Response:
        """Invoke the HTTP function whose route and methods match; else 404, as the real host."""
        path = request.scope["raw_path"].decode("ascii", "replace")
        door, parameters = self._door(request.method, path)
        require(self._host.keys, door.access, request)
        data = request_data(request, parameters, await read_body(request))
        outcome = await self._host.invoker.invoke(door.function, data)
        return Response(status_code=500) if outcome.error else response(outcome.result)

    def _door(self, method: str, path: str) -> tuple[Door, dict[str, str]]:
        for door in self._host.doors:
            parameters = door.template.match(path)
            if parameters is not None and method in door.methods:
                return door, parameters
        raise HTTPException(404)
