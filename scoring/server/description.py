"""`GET /openapi.json` and `GET /swagger.json`: the endpoint described for programs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import orjson

from scoring.server.endpoint import Endpoint
from scoring.server.http import Answer, Fault, Request
from scoring.server.models import main_deployment
from scoring.server.openapi import document, swagger


class Description:
    """Describes the deployment that gets most of the traffic; `keyed` says if a key is needed."""

    def __init__(self, name: str, endpoint: Endpoint, *, keyed: bool) -> None:
        self._name = name
        self._endpoint = endpoint
        self._keyed = keyed

    def openapi(self, _request: Request) -> Answer:
        """The OpenAPI 3.1 document."""
        return self._made(document)

    def swagger(self, request: Request) -> Answer:
        """The Swagger 2.0 document, or the OpenAPI one for `?version=3`, as Azure ML has it."""
        asked = parse_qs(request.query.decode("latin-1"), keep_blank_values=True).get(
            "version", ["2"]
        )
        match asked:
            case ["2"]:
                return self._made(swagger)
            case ["3"]:
                return self._made(document)
        raise Fault(400, "BAD_REQUEST", "the version is 2 or 3")

    def _made(self, make: Callable[..., dict[str, Any]]) -> Answer:
        _, served = main_deployment(self._endpoint.routes)
        made = make(self._name, served.version, served.model.signature, keyed=self._keyed)
        return Answer(orjson.dumps(made))
