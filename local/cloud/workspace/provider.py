"""The resource provider: its types, its parts put together, and who answers for what."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from local.cloud.arm import Answer, Request, ResourceType
from local.cloud.store import Store
from local.cloud.workspace.answers import not_allowed
from local.cloud.workspace.assets import Assets
from local.cloud.workspace.datastores import Datastores
from local.cloud.workspace.errors import not_found
from local.cloud.workspace.history import History
from local.cloud.workspace.jobs import Jobs
from local.cloud.workspace.plan import Spec
from local.cloud.workspace.record import Records
from local.cloud.workspace.runner import Runner
from local.cloud.workspace.runs import Runs
from local.cloud.workspace.settings import Settings
from local.cloud.workspace.step import Bench
from local.cloud.workspace.storage import Storage
from local.cloud.workspace.tracking import Tracking

_ASSETS = {
    "codes": "CodeVersionResource",
    "environments": "EnvironmentVersionResource",
    "components": "ComponentVersionResource",
}
_UPLOAD = "startPendingUpload"


class Workspace:
    """Microsoft.MachineLearningServices with one workspace: start it, ask it, stop it.

    `raise_event` is handed every event of its runs, in the Event Grid schema; an OSError that it
    raises loses the event, as Azure may.
    """

    namespace = "Microsoft.MachineLearningServices"
    spec = "machinelearning.2024-04-01"
    # What azure-ai-ml 1.35.2 speaks for the parts of a pipeline, and what Ratchet does.
    api_versions = frozenset(
        {"2023-04-01", "2023-04-01-preview", "2024-01-01-preview", "2024-04-01"}
        | {"2024-10-01-preview"}
    )
    types = (
        ResourceType(path="workspaces"),
        ResourceType(path="workspaces/datastores"),
        ResourceType(path="workspaces/jobs", put="JobBaseResource", actions={"cancel": None}),
        *(ResourceType(path=f"workspaces/{kind}") for kind in _ASSETS),
        *(
            ResourceType(
                path=f"workspaces/{kind}/versions",
                put=body,
                actions={_UPLOAD: "PendingUploadRequestDto"} if kind == "codes" else {},
            )
            for kind, body in _ASSETS.items()
        ),
    )

    def __init__(self, settings: Settings, raise_event: Callable[[dict[str, Any]], None]) -> None:
        self._settings = settings
        self._store = Store(settings.folder / "workspace.sqlite")
        self._storage = Storage(settings.storage, settings.datastores)
        self._tracking = Tracking(settings.mlflow)
        records = Records(self._store)
        runs = Runs(settings.id, records, self._tracking, raise_event)
        self._assets = {kind: Assets(settings.id, kind, self._store) for kind in _ASSETS}
        self._runner = Runner(settings, runs, self._bench(), self._component, self._code)
        self._jobs = Jobs(settings.id, records, runs, self._runner)
        self._datastores = Datastores(settings.id, self._storage)
        self._history = History(records, self._storage)

    def start(self) -> None:
        """Take up the jobs that had not ended."""
        self._runner.start()

    def stop(self) -> None:
        """Stop all processes; unfinished jobs go on at the next start."""
        self._runner.stop()
        self._tracking.close()
        self._store.close()

    def answer(self, request: Request) -> Answer:
        """Answer for the workspace or for what is in it. Raises Refused."""
        if not f"{str(request.id).lower()}/".startswith(f"{self._settings.id.lower()}/"):
            raise not_found("workspace", request.id.names[0] if request.id.names else "")
        match request.id.types[1:]:
            case () if request.method == "GET":
                return Answer(status=200, body=self._view())
            case ("datastores",):
                return self._datastores.answer(request)
            case ("jobs",):
                return self._jobs.answer(request)
            case ("codes", "versions") if request.action == _UPLOAD:
                return Answer(status=200, body=self._datastores.grant())
            case (kind, *_) if kind in self._assets:
                return self._assets[kind].answer(request)
        raise not_allowed(request)

    def details(self, run: str) -> dict[str, Any]:
        """A run's details, as the run history has them. Raises Refused."""
        return self._history.details(run)

    def _bench(self) -> Bench:
        return Bench(
            storage=self._storage,
            folder=self._settings.folder / "steps",
            seconds=self._settings.seconds,
        )

    def _component(self, arm_id: str) -> Spec:
        name, version = _versioned(arm_id, "components")
        spec: Spec = self._assets["components"].get(name, version)["properties"]["componentSpec"]
        return spec

    def _code(self, arm_id: str) -> str:
        name, version = _versioned(arm_id, "codes")
        return str(self._assets["codes"].get(name, version)["properties"]["codeUri"])

    def _view(self) -> dict[str, Any]:
        name = self._settings.id.rsplit("/", 1)[-1]
        return {
            "id": self._settings.id,
            "name": name,
            "type": f"{self.namespace}/workspaces",
            "location": self._settings.location,
            "properties": {
                "friendlyName": name,
                "provisioningState": "Succeeded",
                "mlFlowTrackingUri": self._settings.tracking_uri,
                "discoveryUrl": urljoin(self._settings.tracking_uri, "/discovery"),
            },
        }


def _versioned(arm_id: str, kind: str) -> tuple[str, str]:
    match arm_id.removeprefix("azureml:").split("/"):
        case [*_, found, name, "versions", version] if found == kind:
            return name, version
    raise not_found(kind.rstrip("s"), arm_id)
