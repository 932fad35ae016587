"""The host's own interface: its status, its functions, and a run by hand.

Source: Azure/azure-functions-host, `HostController.cs` and `FunctionsController.cs` (MIT).
"""

import os
import platform
import time
from typing import Any

import msgspec
from azure.functions.meta import Datum
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.functions.host import Host
from local.functions.indexing import Function, Kind
from local.functions.keys import Access
from local.functions.requests import read_body, require
from local.functions.triggers import eventgrid, http, servicebus, timer

_VERSION = "4.0.0-miniature"


class _Run(msgspec.Struct, frozen=True):
    input: str = ""


class Admin:
    """Answers whoever has the master key; the ping is for everybody."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def routes(self) -> list[Route]:
        """The routes below /admin."""
        return [
            Route("/host/ping", self.ping, methods=["GET", "POST"]),
            Route("/host/status", self.status, methods=["GET"]),
            Route("/functions", self.functions, methods=["GET"]),
            Route("/functions/{name}", self.function, methods=["GET"]),
            Route("/functions/{name}", self.run, methods=["POST"]),
            Route("/functions/{name}/status", self.function_status, methods=["GET"]),
        ]

    async def ping(self, _: Request) -> Response:
        """Whether the process answers."""
        return Response()

    async def status(self, request: Request) -> Response:
        """The state of the host; why it is in error, if it is."""
        require(self._host.keys, Access.ADMIN, request)
        document = {
            "id": self._host.folder.name,
            "state": self._host.state,
            "version": _VERSION,
            "versionDetails": _VERSION,
            "instanceId": str(os.getpid()),
            "computerName": platform.node(),
            "processUptime": int((time.monotonic() - self._host.started) * 1000),
        }
        errors = {"errors": [self._host.error]} if self._host.error else {}
        return JSONResponse({**document, **errors})

    async def functions(self, request: Request) -> Response:
        """All functions."""
        require(self._host.keys, Access.ADMIN, request)
        return JSONResponse([_described(each, request) for each in self._host.functions.values()])

    async def function(self, request: Request) -> Response:
        """One function."""
        return JSONResponse(_described(self._find(request), request))

    async def function_status(self, request: Request) -> Response:
        """Why the trigger of a function did not start, if it did not."""
        errors = self._find(request).errors
        return JSONResponse({"errors": errors} if errors else {})

    async def run(self, request: Request) -> Response:
        """Run a function by hand; what comes of it is in the log alone."""
        function = self._find(request)
        try:
            given = msgspec.json.decode(await read_body(request), type=_Run)
            data, metadata = _manual_data(function, given.input)
        except msgspec.DecodeError as error:
            raise HTTPException(400, f'the body must be {{"input": "…"}}: {error}') from error
        self._host.spawn(self._run(function, data, metadata))
        return Response(status_code=202)

    async def _run(self, function: Function, data: Datum, metadata: dict[str, Datum]) -> None:
        await self._host.invoker.invoke(function, data, metadata)

    def _find(self, request: Request) -> Function:
        require(self._host.keys, Access.ADMIN, request)
        name = request.path_params["name"]
        if name not in self._host.functions:
            raise HTTPException(404, f"cannot find function: '{name}'")
        return self._host.functions[name]


def _manual_data(function: Function, given: str) -> tuple[Datum, dict[str, Datum]]:
    """Trigger data and metadata of an input that a person typed."""
    match function.kind:
        case Kind.HTTP:
            return http.manual_data(f"/admin/functions/{function.name}", given), {}
        case Kind.EVENT_GRID:
            return eventgrid.event_data(msgspec.json.decode(given)), {}
        case Kind.SERVICE_BUS:
            return servicebus.manual_data(given)
        case Kind.TIMER:
            return timer.timer_data(None), {}


def _described(function: Function, request: Request) -> dict[str, Any]:
    base = str(request.base_url).removesuffix("admin/")
    return {
        "name": function.name,
        "href": f"{base}admin/functions/{function.name}",
        "language": "python",
        "config": {"bindings": function.bindings},
        "isDisabled": False,
        "isDirect": False,
        "isProxy": False,
    }
