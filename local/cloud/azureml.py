"""Azure Machine Learning beside ARM: the workspace with its MLflow and its run history."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local.cloud.events import EventSink
from local.cloud.gateway import PREFIX, Gateway
from local.cloud.guard import Guard
from local.cloud.replies import reply
from local.cloud.settings import WorkspaceSettings
from local.cloud.workspace.provider import Workspace
from local.cloud.workspace.settings import Settings

Answerer = Callable[[Request], Awaitable[Response]]

_READ_RUNS = "Microsoft.MachineLearningServices/workspaces/experiments/runs/read"


class AzureML:
    """One workspace at ARM's `address`.

    `token` gives the token that a step sends to MLflow, `environment` is what every step is told.
    """

    def __init__(
        self,
        settings: WorkspaceSettings,
        folder: Path,
        address: str,
        guard: Guard,
        token: Callable[[], str],
        environment: Mapping[str, str],
    ) -> None:
        self._address = address
        self._guard = guard
        self._sink = EventSink(settings.topic)
        self._gateway = Gateway(settings.id, settings.mlflow, guard)
        self.tracking_uri = f"{address}{PREFIX}{settings.id}"
        self.workspace = Workspace(
            Settings(
                id=settings.id,
                storage=settings.storage,
                mlflow=settings.mlflow,
                tracking_uri=self.tracking_uri,
                folder=folder,
                tracking_token=token,
                environment=environment,
            ),
            self._sink.publish,
        )

    def routes(self) -> Mapping[str, Answerer]:
        """Who answers for which path of the TLS port."""
        return {
            f"{PREFIX}/{{path:path}}": self._gateway.answer,
            "/history/v1.0{id:path}/runs/{run}/details": self._details,
            "/discovery": self._discovery,
        }

    async def close(self) -> None:
        """Stop the steps and let go of the connections; the jobs stay."""
        await run_in_threadpool(self.workspace.stop)
        await self._gateway.close()
        self._sink.close()

    async def _details(self, request: Request) -> Response:
        """Answer a run's details: why it failed, and where its log is."""
        call = self._guard.admit("history", request)
        self._guard.authorize(call, _READ_RUNS, request.path_params["id"])
        details = await run_in_threadpool(self.workspace.details, request.path_params["run"])
        return reply(200, details)

    async def _discovery(self, _: Request) -> Response:
        """Answer where the workspace's data planes are, which Azure tells anybody."""
        return reply(200, {"api": self._address, "history": self._address})
