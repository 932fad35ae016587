"""MLflow behind a workspace's address, as Azure ML serves it.

    https://…/mlflow/v2.0/subscriptions/S/resourceGroups/G/providers/
        Microsoft.MachineLearningServices/workspaces/W/api/2.0/mlflow/…

A request needs a token and a role on the workspace, then goes on to a real MLflow server, and its
answer comes back as it is. Which action a call takes is Azure's: reading and writing runs are
`experiments/…`, the registry is `models/…`, and artifacts are `metadata/artifacts`.
Source: learn.microsoft.com/azure/machine-learning/how-to-assign-roles, "MLflow operations".
"""

from collections.abc import AsyncIterator, Iterable

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from local.cloud.errors import Refused
from local.cloud.guard import Guard

PREFIX = "/mlflow/v2.0"
_WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
_APIS = ("/api/2.0/mlflow", "/api/3.0/mlflow")
_ACTIONS = {
    "experiments": "experiments",
    "registered-models": "models",
    "model-versions": "models/versions",
    "artifacts": "metadata/artifacts",
}
_READS = frozenset({"search", "list", "get-history-bulk", "get-latest-versions", "search-datasets"})
# They are for one hop only, or were for this gateway alone.
_NOT_PASSED_ON = frozenset(
    {"authorization", "connection", "cookie", "host", "keep-alive", "te", "transfer-encoding"}
)


class Gateway:
    """One workspace's MLflow: `workspace` is its ARM id, `server` where MLflow listens."""

    def __init__(self, workspace: str, server: str, guard: Guard) -> None:
        self._workspace = workspace
        self._guard = guard
        # Uploads of models take their time; whoever waits for one ends it.
        timeout = httpx.Timeout(10.0, read=None, write=None)
        self._client = httpx.AsyncClient(base_url=server, timeout=timeout, trust_env=False)

    async def answer(self, request: Request) -> Response:
        """Answer any request below the prefix. Raises Refused."""
        call = self._guard.admit("mlflow", request)
        workspace, path = _split(request.url.path)
        self._guard.authorize(call, _action(request.method, path), workspace)
        if workspace.lower() != self._workspace.lower():
            raise Refused(404, "ResourceNotFound", f"There is no workspace {workspace}.")
        return await self._forward(request, path)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _forward(self, request: Request, path: str) -> Response:
        onward = self._client.build_request(
            request.method,
            httpx.URL(path=path, query=request.url.query.encode()),
            headers=_passed_on(request.headers.items()),
            content=request.stream() if _has_body(request) else None,
        )
        try:
            answer = await self._client.send(onward, stream=True)
        except httpx.TransportError as error:
            raise Refused(
                503, "ServiceUnavailable", f"The MLflow server does not answer: {error}."
            ) from error
        return StreamingResponse(
            _content(answer), answer.status_code, headers=_passed_on(answer.headers.items())
        )


async def _content(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_raw():
            yield part
    finally:
        await answer.aclose()


def _split(path: str) -> tuple[str, str]:
    """The workspace and the path of MLflow's own that a path of the gateway consists of."""
    workspace, found, rest = path.removeprefix(PREFIX).partition("/api/")
    onward = f"/api/{rest}"
    if not found or not onward.startswith(_APIS) or ".." in onward.split("/"):
        raise Refused(404, "NotFound", f"{path} is not a path of MLflow's REST interface.")
    return workspace, onward


def _action(method: str, path: str) -> str:
    """The action of Azure's roles that a call of MLflow's REST interface takes."""
    _, _, _, service, noun, *rest = f"{path}/".split("/")
    kind = "artifacts" if service == "mlflow-artifacts" else noun
    verb = rest[0] if rest else ""
    return f"{_WORKSPACES}/{_ACTIONS.get(kind, 'experiments/runs')}/{_verb(method, verb)}"


def _verb(method: str, word: str) -> str:
    if method in {"GET", "HEAD"} or word in _READS:
        return "read"
    return "delete" if method == "DELETE" or word == "delete" else "write"


def _has_body(request: Request) -> bool:
    return "content-length" in request.headers or "transfer-encoding" in request.headers


def _passed_on(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in _NOT_PASSED_ON}
