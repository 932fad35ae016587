"""How to ask for trouble: `/faults` on the plain port, which only this machine reaches.

    POST /faults    {"kind": "throttle", "service": "arm", "method": "PUT", "path": "*/jobs/*",
                     "times": 3, "retry_after": 2}         → 201 {"id": 1}
    GET /faults     → {"faults": {"1": {…}}}
    DELETE /faults/1, DELETE /faults                       → 204

| kind | what happens |
|---|---|
| throttle | 429 with `Retry-After: retry_after` |
| forbid | 403 as if no role granted the action; `principal` says to whom |
| slow | a long-running operation takes `delay` seconds longer |
| fail | a long-running operation fails, with `reason` in the resource's events |
| stale | a GET gives what was there before the newest write, deleted or not yet created |

A browser cannot be tricked into asking: the body has to be declared as JSON and the Host has to be
loopback, which the application sees to.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cloud.faults.faults import Fault, Faults


class FaultsAdmin:
    """Switches faults on and off."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def routes(self) -> list[Route]:
        """Where it is asked."""
        return [
            Route("/faults", self._list, methods=["GET"]),
            Route("/faults", self._add, methods=["POST"]),
            Route("/faults", self._clear, methods=["DELETE"]),
            Route("/faults/{number:int}", self._remove, methods=["DELETE"]),
        ]

    async def _list(self, _: Request) -> Response:
        faults = {str(number): fault for number, fault in self._faults.all().items()}
        return Response(msgspec.json.encode({"faults": faults}), media_type="application/json")

    async def _add(self, request: Request) -> Response:
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Send a fault as application/json."}, 415)
        try:
            fault = msgspec.json.decode(await request.body(), type=Fault)
        except msgspec.DecodeError as error:
            return JSONResponse({"error": f"This is not a fault: {error}"}, 400)
        return JSONResponse({"id": self._faults.add(fault)}, 201)

    async def _clear(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def _remove(self, request: Request) -> Response:
        found = self._faults.remove(request.path_params["number"])
        return Response(status_code=204 if found else 404)
