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
from scoring.predict import predict, predict_both
from scoring.rows import Matrix, to_matrix
from scoring.server.batches import Answered, single
from scoring.server.endpoint import Endpoint
from scoring.server.http import Answer, Fault, Request, read_body
from scoring.server.journal import Journal
from scoring.server.protocols import Predicted, Read
from scoring.server.routes import Served

DEPLOYMENT = "azureml-model-deployment"
"""Asks for one deployment, whatever the traffic; and says in an answer which one made it."""


MODEL_ERROR = (
    ("ms-azureml-model-error-statuscode", "424"),
    ("ms-azureml-model-error-reason", "MODEL_FAILED"),
)
"""Tells Azure ML's clients that it was the model that failed."""


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

    @property
    def inside(self) -> int:
        """How many requests are being scored."""
        return self._inside

    async def score(self, request: Request, read: Read, deployment: str | None = None) -> Answer:
        """The answer of a deployment, or of the one that the request asks for. Raises Fault."""
        begun = time.perf_counter()
        with self._place():
            body = await read_body(request, self._bounds.body)
            name, served = self._route(request, deployment)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(
                self._workers, self._answer, request, body, served, read, begun
            )
        return Answer(answer, headers=((DEPLOYMENT, name),))

    def _answer(
        self, request: Request, body: bytes, served: Served, read: Read, begun: float
    ) -> bytes:
        """Score, and have the request logged if it is in the sample. On a worker's thread."""
        matrix, answers, answer = _scored(body, served, read)
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

    def _route(self, request: Request, deployment: str | None) -> tuple[str, Served]:
        routes = self._endpoint.routes
        name = deployment or request.headers.get(DEPLOYMENT) or routes.split(request.id)
        if name is None:
            raise come_again("NOT_READY", "no deployment gets traffic yet; try again")
        if name not in routes.served:
            raise Fault(404, "NOT_FOUND", f"no deployment {name!r:.80} is ready here")
        return name, routes.served[name]


def come_again(code: str, message: str) -> Fault:
    """The fault of a server that cannot answer now, and can soon."""
    return Fault(503, code, message, (("retry-after", "1"),))


def _scored(body: bytes, served: Served, read: Read) -> tuple[Matrix, NDArray[Any], bytes]:
    """The rows of a request as the model takes them, its answers, and the body that says them."""
    model = served.model
    try:
        asked = read(body, model.signature)
        matrix = to_matrix(asked.rows, model.signature)
        answers, probabilities = (
            predict_both(model, matrix) if asked.probabilities else (predict(model, matrix), None)
        )
        return matrix, answers, asked.render(Predicted(answers, served.version, probabilities))
    except WrongRows as problem:
        place = {"row": problem.row, "field": problem.field}
        raise Fault(400, "BAD_REQUEST", str(problem), details=place) from problem
    except ModelFailed as problem:
        raise Fault(424, "MODEL_FAILED", str(problem), MODEL_ERROR) from problem
