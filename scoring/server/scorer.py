"""A request with rows becomes an answer with predictions.

Small requests to a quick model are answered at once, on the event loop. Everything else needs one
of a bounded number of places, once its body is there: small requests stand in the model's `line`,
and those with many rows are read, run and written down on a worker's thread.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from msgspec import Struct

from scoring.errors import ModelFailed, WrongRows
from scoring.predict import Answers
from scoring.rows import Matrix, to_matrix
from scoring.server.batches import Answered, packed
from scoring.server.endpoint import Endpoint
from scoring.server.http import DEPLOYMENT, Answer, Fault, Request, come_again
from scoring.server.journal import Journal
from scoring.server.line import answers_of
from scoring.server.protocols import Asked, Read
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


class Scored(Struct, frozen=True):
    """The rows of a request as the model took them, its answers, and the body that tells them."""

    matrix: Matrix
    answers: Answers
    body: bytes


class Scorer:
    """Scores requests on the endpoint's routes."""

    def __init__(
        self, endpoint: Endpoint, journal: Journal, workers: Executor, places: int
    ) -> None:
        self._endpoint = endpoint
        self._journal = journal
        self._workers = workers
        self._places = places
        self._inside = 0

    @property
    def inside(self) -> int:
        """How many requests wait for a worker, or are with one."""
        return self._inside

    def score(
        self, request: Request, read: Read, deployment: str | None = None
    ) -> Answer | Awaitable[Answer]:
        """The answer of a deployment, or of the one that the request asks for. Raises Fault."""
        name, served = self._route(request, deployment)
        if len(request.body) > SMALL:
            return self._on_a_worker(request, read, name, served)
        try:
            asked, matrix = _read(request.body, served, read)
            if not served.line.is_quick(len(matrix)):
                return self._in_turn(request, asked, matrix, name, served)
            found = served.line.at_once(matrix, both=asked.probabilities)
            body = asked.render(found, served.version)
        except (WrongRows, ModelFailed) as problem:
            raise _fault(problem, name) from problem
        return self._answered(request, name, served, Scored(matrix, found, body))

    async def _in_turn(
        self, request: Request, asked: Asked, matrix: Matrix, name: str, served: Served
    ) -> Answer:
        """Wait in the model's line."""
        try:
            with self._place():
                both = asked.probabilities
                found = await served.line.in_turn(matrix, self._workers, both=both)
            body = asked.render(found, served.version)
        except ModelFailed as problem:
            raise _fault(problem, name) from problem
        return self._answered(request, name, served, Scored(matrix, found, body))

    async def _on_a_worker(self, request: Request, read: Read, name: str, served: Served) -> Answer:
        """Have a worker do all of it."""
        loop = asyncio.get_running_loop()
        try:
            with self._place():
                scored = await loop.run_in_executor(
                    self._workers, _scored, request.body, served, read
                )
        except (WrongRows, ModelFailed) as problem:
            raise _fault(problem, name) from problem
        return self._answered(request, name, served, scored)

    def _answered(self, request: Request, name: str, served: Served, scored: Scored) -> Answer:
        """The answer; the request is logged if it is in the sample."""
        if self._journal.samples(request.name):
            self._journal.add(
                Answered(
                    request=request.name,
                    version=served.version,
                    at=time.time_ns() // 1000,
                    latency=time.perf_counter() - request.begun,
                    signature=served.model.signature,
                    rows=len(scored.matrix),
                    values=scored.matrix.tobytes(),
                    answers=packed(scored.answers.labels),
                )
            )
        return Answer(scored.body, deployment=name, rows=len(scored.matrix))

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place among those who wait; beyond the bound it is better to come again."""
        if self._inside >= self._places:
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


def _scored(body: bytes, served: Served, read: Read) -> Scored:
    """All of a large request. On a worker's thread."""
    asked, matrix = _read(body, served, read)
    found = answers_of(served.model, matrix, both=asked.probabilities)
    return Scored(matrix, found, asked.render(found, served.version))


def _read(body: bytes, served: Served, read: Read) -> tuple[Asked, Matrix]:
    asked = read(body, served.model.signature)
    return asked, to_matrix(asked.rows, served.model.signature)


def _fault(problem: WrongRows | ModelFailed, deployment: str) -> Fault:
    """What is answered by a deployment that cannot score the rows."""
    if isinstance(problem, WrongRows):
        place = {"row": problem.row, "field": problem.field}
        return Fault(400, "BAD_REQUEST", str(problem), (), place, deployment)
    return Fault(424, "MODEL_FAILED", str(problem), MODEL_ERROR, {}, deployment)
