"""A request with rows becomes an answer with predictions."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from msgspec import Struct

from scoring.errors import ModelFailed, WrongRows
from scoring.predict import predict
from scoring.rows import to_matrix
from scoring.server.endpoint import Endpoint
from scoring.server.http import Answer, Fault, Request, read_body
from scoring.server.payloads import Protocol
from scoring.sessions import Model

DEPLOYMENT = "azureml-model-deployment"
"""Asks for one deployment, whatever the traffic; and says in an answer which one made it."""


class Bounds(Struct, frozen=True):
    """How large a body may be in bytes, and how many requests may be inside at once."""

    body: int = 8 << 20
    inside: int = 64


class Scorer:
    """Scores requests on the endpoint's routes; computes on the workers, not on the event loop."""

    def __init__(self, endpoint: Endpoint, workers: Executor, bounds: Bounds) -> None:
        self._endpoint = endpoint
        self._workers = workers
        self._bounds = bounds
        self._inside = 0

    async def score(self, request: Request, protocol: Protocol) -> Answer:
        """The answer in the request's protocol. Raises Fault."""
        with self._place():
            body = await read_body(request, self._bounds.body)
            name, model = self._route(request)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._workers, _scored, body, model, protocol)
        return Answer(answer, headers=((DEPLOYMENT, name),))

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place among those who are served; beyond the bound it is better to come again."""
        if self._inside >= self._bounds.inside:
            sentence = f"{self._inside} requests are being served; try again"
            raise come_again("OVERLOADED", sentence)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _route(self, request: Request) -> tuple[str, Model]:
        routes = self._endpoint.routes
        name = request.headers.get(DEPLOYMENT) or routes.split(request.id)
        if name is None:
            raise come_again("NOT_READY", "no deployment gets traffic yet; try again")
        if name not in routes.models:
            raise Fault(404, "NOT_FOUND", f"no deployment {name!r:.80} is ready here")
        return name, routes.models[name]


def come_again(code: str, message: str) -> Fault:
    """The fault of a server that cannot answer now, and can soon."""
    return Fault(503, code, message, (("retry-after", "1"),))


def _scored(body: bytes, model: Model, protocol: Protocol) -> bytes:
    """From a request's bytes to an answer's."""
    try:
        matrix = to_matrix(protocol.read(body, model.signature), model.signature)
        return protocol.render(predict(model, matrix))
    except WrongRows as problem:
        place = {"row": problem.row, "field": problem.field}
        raise Fault(400, "BAD_REQUEST", str(problem), details=place) from problem
    except ModelFailed as problem:
        raise Fault(424, "MODEL_FAILED", str(problem)) from problem
