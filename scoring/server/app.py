"""The ASGI application: what each path answers.

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
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from scoring.server.description import Description
from scoring.server.endpoint import Endpoint
from scoring.server.http import (
    Answer,
    Fault,
    Handler,
    Receive,
    Request,
    Scope,
    Send,
    come_again,
    read_request,
    request_ids,
    send_answer,
)
from scoring.server.keys import Keys
from scoring.server.metrics import Metrics
from scoring.server.models import Models, describe_server, in_its_words
from scoring.server.protocols import Read, mlflow_reader, read_azureml
from scoring.server.protocols.mlflow import MLFLOW_VERSION
from scoring.server.scorer import Scorer

log = logging.getLogger(__name__)

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
        running: AbstractAsyncContextManager[None],
    ) -> None:
        self._endpoint = endpoint
        self._keys = keys
        self._scorer = scorer
        self._models = models
        self._metrics = metrics
        self._told = told
        self._ids = request_ids()
        self._running = running
        self.handlers: dict[str, Mapping[str, Handler]] = {
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's whole life when the scope is `lifespan`."""
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
            return
        request = read_request(scope, receive, next(self._ids))
        answer = await self._answer(request)
        await send_answer(send, answer, request)
        seconds = time.perf_counter() - request.begun
        self._metrics.observe(answer.deployment, request.path, answer.status, seconds, answer.rows)

    async def _live_through(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._running:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, request: Request) -> Answer:
        try:
            return await self._handler(request)(request)
        except Fault as fault:
            return in_its_words(fault.answer) if request.path.startswith("/v2") else fault.answer
        except Exception:
            log.exception("request %s", request.id)
            sentence = f"the server failed; its log has more under {request.id}"
            return Fault(500, "INTERNAL_ERROR", sentence).answer

    def _handler(self, request: Request) -> Handler:
        methods = self.handlers.get(request.path) or self._models.at(request.path)
        if methods is None:
            raise Fault(404, "NOT_FOUND", "there is nothing here; rows go to POST /score")
        if request.method not in methods:
            allowed = ", ".join(methods)
            sentence = f"{request.path} takes {allowed}"
            raise Fault(405, "METHOD_NOT_ALLOWED", sentence, (("allow", allowed),))
        return methods[request.method]

    async def _live(self, _request: Request) -> Answer:
        return Answer(b'{"live":true}')

    async def _ready(self, _request: Request) -> Answer:
        if not self._endpoint.routes.served:
            raise come_again("NOT_READY", "no deployment is loaded yet; try again")
        return Answer(b'{"live":true,"ready":true}')

    async def _tell(self, _request: Request) -> Answer:
        return Answer(self._told(), content_type=METRICS_TYPE)

    def _scoring(self, reader: Callable[[Request], Read]) -> Handler:
        async def score(request: Request) -> Answer:
            return await self._scorer.score(request, reader(request))

        return self._keys.guarded(score)


async def _healthy(_request: Request) -> Answer:
    return Answer(b'"Healthy"')  # The word of Azure ML's own servers.


async def _version(_request: Request) -> Answer:
    return Answer(MLFLOW_VERSION.encode(), content_type="text/plain; charset=utf-8")


def _azureml(_request: Request) -> Read:
    return read_azureml


def _mlflow(request: Request) -> Read:
    try:
        return mlflow_reader(request.header(b"content-type"))
    except ValueError as problem:
        raise Fault(415, "UNSUPPORTED_MEDIA_TYPE", str(problem)) from problem
