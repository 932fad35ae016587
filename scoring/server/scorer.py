"""A request with rows becomes an answer with predictions."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import ModelFailed, WrongRows
from scoring.predict import predict
from scoring.rows import Matrix, to_matrix
from scoring.server.batches import Answered, single
from scoring.server.endpoint import Endpoint
from scoring.server.http import Answer, Fault, Request, read_body
from scoring.server.journal import Journal
from scoring.server.payloads import Protocol
from scoring.server.routes import Served
from scoring.sessions import Model

DEPLOYMENT = "azureml-model-deployment"
"""Asks for one deployment, whatever the traffic; and says in an answer which one made it."""


class Bounds(Struct, frozen=True):
    """How large a body may be in bytes, and how many requests may be inside at once."""

    body: int = 8 << 20
    inside: int = 64


class Scorer:
    """Scores requests on the endpoint's routes; computes on the workers, not on the event loop."""

    def __init__(
        self, endpoint: Endpoint, journal: Journal, workers: Executor, bounds: Bounds
    ) -> None:
        self._endpoint = endpoint
        self._journal = journal
        self._workers = workers
        self._bounds = bounds
        self._inside = 0

    async def score(self, request: Request, protocol: Protocol) -> Answer:
        """The answer in the request's protocol. Raises Fault."""
        begun = time.perf_counter()
        with self._place():
            body = await read_body(request, self._bounds.body)
            name, served = self._route(request)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(
                self._workers, self._answer, request, body, served, protocol, begun
            )
        return Answer(answer, headers=((DEPLOYMENT, name),))

    def _answer(
        self, request: Request, body: bytes, served: Served, protocol: Protocol, begun: float
    ) -> bytes:
        """Score, and have the request logged if it is in the sample. On a worker's thread."""
        matrix, answers = _scored(body, served.model, protocol)
        answer = protocol.render(answers)
        if self._journal.samples(request.name):
            self._journal.add(
                Answered(
                    request=request.name,
                    version=served.version,
                    at=time.time_ns() // 1000,
                    latency=time.perf_counter() - begun,
                    signature=served.model.signature,
                    rows=matrix,
                    answers=single(answers),
                )
            )
        return answer

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

    def _route(self, request: Request) -> tuple[str, Served]:
        routes = self._endpoint.routes
        name = request.headers.get(DEPLOYMENT) or routes.split(request.id)
        if name is None:
            raise come_again("NOT_READY", "no deployment gets traffic yet; try again")
        if name not in routes.served:
            raise Fault(404, "NOT_FOUND", f"no deployment {name!r:.80} is ready here")
        return name, routes.served[name]


def come_again(code: str, message: str) -> Fault:
    """The fault of a server that cannot answer now, and can soon."""
    return Fault(503, code, message, (("retry-after", "1"),))


def _scored(body: bytes, model: Model, protocol: Protocol) -> tuple[Matrix, NDArray[Any]]:
    """The rows of a request as the model takes them, and its answers."""
    try:
        matrix = to_matrix(protocol.read(body, model.signature), model.signature)
        return matrix, predict(model, matrix)
    except WrongRows as problem:
        place = {"row": problem.row, "field": problem.field}
        raise Fault(400, "BAD_REQUEST", str(problem), details=place) from problem
    except ModelFailed as problem:
        raise Fault(424, "MODEL_FAILED", str(problem)) from problem
