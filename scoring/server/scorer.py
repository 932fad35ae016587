"""A request with rows becomes an answer with predictions.

Small requests to a quick model are answered at once, on the event loop. Everything else needs one
of a bounded number of places, once its body is there: small requests stand in the model's `line`,
and those with many rows are read, run and written down on a worker's thread.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from msgspec import Struct

from scoring.errors import ModelFailed, WrongRows
from scoring.rows import Matrix, to_matrix
from scoring.server.batches import Answered, single
from scoring.server.bodies import Bodies
from scoring.server.endpoint import Endpoint
from scoring.server.http import DEPLOYMENT, Answer, Fault, Request, come_again
from scoring.server.journal import Journal
from scoring.server.line import Answers, answers_of
from scoring.server.protocols import Asked, Predicted, Read
from scoring.server.routes import Served

KEY = b"x-ratchet-key"
"""Whoever sends the same key is answered by the same deployment, while the traffic stays."""

MODEL_ERROR = (
    ("ms-azureml-model-error-statuscode", "424"),
    ("ms-azureml-model-error-reason", "MODEL_FAILED"),
)
"""Tells Azure ML's clients that it was the model that failed."""

SMALL = 16 << 10
"""Bytes of a body that is read on the event loop, which takes some tens of microseconds."""


class Bounds(Struct, frozen=True):
    """How large a body may be in bytes; how large all may be together; how many requests wait."""

    body: int = 8 << 20
    bodies: int = 64 << 20
    inside: int = 64


class Scorer:
    """Scores requests on the endpoint's routes."""

    def __init__(
        self, endpoint: Endpoint, journal: Journal, workers: Executor, bounds: Bounds
    ) -> None:
        self._endpoint = endpoint
        self._journal = journal
        self._workers = workers
        self._bounds = bounds
        self._bodies = Bodies(bounds.body, bounds.bodies)
        self._inside = 0

    @property
    def inside(self) -> int:
        """How many requests wait for a worker, or are with one."""
        return self._inside

    async def score(self, request: Request, read: Read, deployment: str | None = None) -> Answer:
        """The answer of a deployment, or of the one that the request asks for. Raises Fault."""
        body = await self._bodies.read(request)
        name = ""
        try:
            name, served = self._route(request, deployment)
            matrix, found, answer = await self._scored(body, served, read)
        except WrongRows as problem:
            place = {"row": problem.row, "field": problem.field}
            raise Fault(400, "BAD_REQUEST", str(problem), (), place, name) from problem
        except ModelFailed as problem:
            raise Fault(424, "MODEL_FAILED", str(problem), MODEL_ERROR, {}, name) from problem
        finally:
            self._bodies.let_go(body)
        self._log(request, served, matrix, found)
        return Answer(answer, deployment=name, rows=len(matrix))

    async def _scored(
        self, body: bytes, served: Served, read: Read
    ) -> tuple[Matrix, Answers, bytes]:
        """The rows as the model takes them, its answers to them, and the body that tells these."""
        if len(body) > SMALL:
            with self._place():
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._workers, _whole, body, served, read)
        asked, matrix = _read(body, served, read)
        if served.line.is_quick(len(matrix)):
            found = served.line.at_once(matrix, both=asked.probabilities)
        else:
            with self._place():
                found = await served.line.in_turn(matrix, self._workers, both=asked.probabilities)
        return matrix, found, _written(asked, found, served)

    def _log(self, request: Request, served: Served, matrix: Matrix, found: Answers) -> None:
        """Have the request logged if it is in the sample."""
        if not self._journal.samples(request.name):
            return
        self._journal.add(
            Answered(
                request=request.name,
                version=served.version,
                at=time.time_ns() // 1000,
                latency=time.perf_counter() - request.begun,
                signature=served.model.signature,
                rows=matrix,
                answers=single(found.labels),
            )
        )

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place among those who wait; beyond the bound it is better to come again."""
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
        name = (
            deployment
            or request.header(DEPLOYMENT)
            or routes.split(request.header(KEY) or request.id)
        )
        if name is None:
            raise come_again("NOT_READY", "no deployment gets traffic yet; try again")
        if name not in routes.served:
            raise Fault(404, "NOT_FOUND", f"no deployment {name!r:.80} is ready here")
        return name, routes.served[name]


def _whole(body: bytes, served: Served, read: Read) -> tuple[Matrix, Answers, bytes]:
    """All of a large request. On a worker's thread."""
    asked, matrix = _read(body, served, read)
    found = answers_of(served.model, matrix, both=asked.probabilities)
    return matrix, found, _written(asked, found, served)


def _read(body: bytes, served: Served, read: Read) -> tuple[Asked, Matrix]:
    asked = read(body, served.model.signature)
    return asked, to_matrix(asked.rows, served.model.signature)


def _written(asked: Asked, found: Answers, served: Served) -> bytes:
    return asked.render(Predicted(found.labels, served.version, found.probabilities))
