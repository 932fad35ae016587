"""The application: what each path answers.

    POST /score                                   Azure ML's online contract
    POST /invocations                             MLflow's
    POST /v2/models/{model}/infer, …              the Open Inference Protocol's, see `models`
    GET  /healthz, /v2/health/live, /             the process lives
    GET  /readyz,  /v2/health/ready, /ping, /health
                                                  a deployment can answer
    GET  /metrics                                 what happened, for Prometheus
    GET  /openapi.json, /swagger.json             all this, for programs

What tells of a model, or asks one, needs a key if the endpoint has any; health and metrics do not,
so that whoever watches the server needs no secret.

Every answer carries `x-ms-request-id`, under which the log has more when something failed, and
`x-request-id`, the client's own id where it gave one, under which its rows are logged.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager

from scoring.server.bodies import Bodies
from scoring.server.description import Description
from scoring.server.endpoint import Endpoint
from scoring.server.http import (
    Answer,
    Fault,
    Handler,
    Request,
    come_again,
    read_request,
    request_ids,
)
from scoring.server.keys import Guarded, Keys
from scoring.server.metrics import Metrics
from scoring.server.models import Models, describe_server, in_its_words
from scoring.server.protocols import Read, mlflow_reader, read_azureml
from scoring.server.protocols.mlflow import MLFLOW_VERSION
from scoring.server.scorer import Scorer

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[object]]
Send = Callable[[dict[str, object]], Awaitable[None]]

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class App:
    """Answers requests; `running` is entered while the server is up."""

    def __init__(
        self,
        endpoint: Endpoint,
        keys: Keys,
        scorer: Scorer,
        models: Models,
        description: Description,
        metrics: Metrics,
        told: Callable[[], bytes],
        bodies: Bodies,
        running: AbstractAsyncContextManager[None],
    ) -> None:
        self._endpoint = endpoint
        self._keys = keys
        self._scorer = scorer
        self._models = models
        self._metrics = metrics
        self._told = told
        self.bodies = bodies
        self._ids = request_ids()
        self._running = running
        self.handlers: dict[str, Mapping[str, Handler | Guarded]] = {
            "/": {"GET": _healthy},
            "/healthz": {"GET": self._live},
            "/readyz": {"GET": self._ready},
            "/v2/health/live": {"GET": self._live},
            "/v2/health/ready": {"GET": self._ready},
            "/v2": {"GET": describe_server},
            "/v2/": {"GET": describe_server},
            "/ping": {"GET": self._ready},
            "/health": {"GET": self._ready},
            "/version": {"GET": _version},
            "/metrics": {"GET": self._tell},
            "/openapi.json": {"GET": keys.guarded(description.openapi)},
            "/swagger.json": {"GET": keys.guarded(description.swagger)},
            "/score": {"POST": self._scoring(_azureml)},
            "/invocations": {"POST": self._scoring(_mlflow)},
        }

    async def __call__(self, _scope: object, receive: Receive, send: Send) -> None:
        """The server's whole life, which uvicorn calls once; requests come by connections."""
        await receive()
        async with self._running:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def request(self, method: bytes, target: bytes, headers: Mapping[bytes, bytes]) -> Request:
        """A request, under an id of its own. Raises ValueError when its target is no path."""
        return read_request(method.decode("ascii"), target, headers, next(self._ids))

    def open(self, request: Request) -> Handler:
        """What answers a request, as far as that can be said before its body. Raises Fault."""
        handler = self._handler(request)
        if isinstance(handler, Guarded):
            handler.check(request)
            return handler.handler
        return handler

    def answer(self, request: Request, handler: Handler) -> Answer | Awaitable[Answer]:
        """The answer to a request that has its body, or who makes it; nothing is raised."""
        try:
            found = handler(request)
        except Exception as problem:  # noqa: BLE001 - it is answered, and written down.
            found = self._sorry(request, problem)
        if isinstance(found, Answer):
            self._count(request, found)
            return found
        return self._awaited(request, found)

    def refused(self, request: Request, fault: Fault) -> Answer:
        """The answer to a request that is at fault before it has its body."""
        answer = self._sorry(request, fault)
        self._count(request, answer)
        return answer

    async def _awaited(self, request: Request, answer: Awaitable[Answer]) -> Answer:
        try:
            found = await answer
        except Exception as problem:  # noqa: BLE001 - as above.
            found = self._sorry(request, problem)
        self._count(request, found)
        return found

    def _sorry(self, request: Request, problem: Exception) -> Answer:
        """What is answered instead of a result."""
        if not isinstance(problem, Fault):
            log.error("request %s", request.id, exc_info=problem)
            sentence = f"the server failed; its log has more under {request.id}"
            problem = Fault(500, "INTERNAL_ERROR", sentence)
        speaks_v2 = request.path.startswith("/v2")
        return in_its_words(problem.answer) if speaks_v2 else problem.answer

    def _count(self, request: Request, answer: Answer) -> None:
        seconds = time.perf_counter() - request.begun
        self._metrics.observe(answer.deployment, request.path, answer.status, seconds, answer.rows)

    def _handler(self, request: Request) -> Handler | Guarded:
        methods = self.handlers.get(request.path) or self._models.at(request.path)
        if methods is None:
            raise Fault(404, "NOT_FOUND", "there is nothing here; rows go to POST /score")
        if request.method not in methods:
            allowed = ", ".join(methods)
            sentence = f"{request.path} takes {allowed}"
            raise Fault(405, "METHOD_NOT_ALLOWED", sentence, (("allow", allowed),))
        return methods[request.method]

    def _live(self, _request: Request) -> Answer:
        return Answer(b'{"live":true}')

    def _ready(self, _request: Request) -> Answer:
        if not self._endpoint.routes.served:
            raise come_again("NOT_READY", "no deployment is loaded yet; try again")
        return Answer(b'{"live":true,"ready":true}')

    def _tell(self, _request: Request) -> Answer:
        return Answer(self._told(), content_type=METRICS_TYPE)

    def _scoring(self, reader: Callable[[Request], Read]) -> Guarded:
        def score(request: Request) -> Answer | Awaitable[Answer]:
            return self._scorer.score(request, reader(request))

        return self._keys.guarded(score)


def _healthy(_request: Request) -> Answer:
    return Answer(b'"Healthy"')  # The word of Azure ML's own servers.


def _version(_request: Request) -> Answer:
    return Answer(MLFLOW_VERSION.encode(), content_type="text/plain; charset=utf-8")


def _azureml(_request: Request) -> Read:
    return read_azureml


def _mlflow(request: Request) -> Read:
    try:
        return mlflow_reader(request.header(b"content-type"))
    except ValueError as problem:
        raise Fault(415, "UNSUPPORTED_MEDIA_TYPE", str(problem)) from problem
