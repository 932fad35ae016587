"""The workspace as a whole: its parts, put together, and the paths under which ARM finds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.cloud.workspace.assets import KINDS, Assets
from local.cloud.workspace.datastores import Datastores
from local.cloud.workspace.errors import Refused, not_found
from local.cloud.workspace.history import History
from local.cloud.workspace.jobs import Jobs
from local.cloud.workspace.plan import Spec
from local.cloud.workspace.record import Records
from local.cloud.workspace.runner import Runner
from local.cloud.workspace.runs import Runs
from local.cloud.workspace.step import Bench
from local.cloud.workspace.storage import Storage
from local.cloud.workspace.store import Store
from local.cloud.workspace.tracking import Tracking

Answer = tuple[int, dict[str, Any] | None]

DATASTORES = {"workspaceblobstore": "azureml-blobstore", "ratchet_runs": "runs"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a workspace is made of.

    `id` is its ARM id, `resource_manager` the address of the ARM that it is part of, `storage` a
    connection string, `folder` where it keeps its state and its steps work, `environment` what
    every step is told besides Azure ML's own variables (its identity's endpoint, say), and
    `seconds` the longest that a step may take.
    """

    id: str
    resource_manager: str
    storage: str
    tracking_uri: str
    folder: Path
    location: str = "local"
    datastores: Mapping[str, str] = field(default_factory=lambda: dict(DATASTORES))
    tracking_token: Callable[[], str] = lambda: ""
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 600.0


class Workspace:
    """One Azure ML workspace: start it, ask it, stop it."""

    def __init__(self, settings: Settings, raise_event: Callable[[dict[str, Any]], None]) -> None:
        self._settings = settings
        self._store = Store(settings.folder / "workspace.sqlite")
        self._storage = Storage(settings.storage, settings.datastores)
        self._tracking = Tracking(settings.tracking_uri, settings.tracking_token)
        records = Records(self._store)
        runs = Runs(settings.id, records, self._tracking, raise_event)
        self._assets = {kind: Assets(settings.id, kind, self._store) for kind in KINDS}
        self._runner = Runner(
            settings.id, runs, self._bench(), self._tracking, self._component, self._code
        )
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

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Spec | None) -> Answer:
        """Answer a request for a path below the workspace's id. Raises Refused."""
        match method, path.strip("/").split("/"):
            case "GET", [""]:
                return 200, self._view()
            case "GET", ["datastores"]:
                return 200, page(self._datastores.list(), query)
            case "GET", ["datastores", name]:
                return 200, self._datastores.get(name)
            case _, ["jobs", *rest]:
                return self._answer_jobs(method, rest, query, body)
            case _, [kind, *rest] if kind in self._assets:
                return self._answer_assets(method, self._assets[kind], rest, query, body)
        raise _unknown(method, path)

    def details(self, run: str) -> dict[str, Any]:
        """A run's details, from the run history."""
        return self._history.details(run)

    def _answer_jobs(
        self, method: str, path: list[str], query: Mapping[str, str], body: Spec | None
    ) -> Answer:
        match method, path:
            case "GET", []:
                return 200, page(self._jobs.list(), query)
            case "GET", [name]:
                return 200, self._jobs.get(name)
            case "PUT", [name]:
                return self._jobs.put(name, body or {})
            case "DELETE", [name]:
                self._jobs.delete(name)
                return 200, None
            case "POST", [name, "cancel"]:
                self._jobs.cancel(name)
                return 202, None
        raise _unknown(method, "/".join(path))

    def _answer_assets(
        self,
        method: str,
        assets: Assets,
        path: list[str],
        query: Mapping[str, str],
        body: Spec | None,
    ) -> Answer:
        match method, path:
            case "GET", []:
                return 200, page(assets.containers(), query)
            case "GET", [name]:
                return 200, assets.container(name)
            case "GET", [name, "versions"]:
                digest = query.get("hash")
                found = assets.with_digest(digest) if digest else assets.versions(name)
                return 200, page(found, query)
            case "GET", [name, "versions", version]:
                return 200, assets.get(name, version)
            case "PUT", [name, "versions", version]:
                return assets.put(name, version, body or {})
            case "POST", [_, "versions", _, "startPendingUpload"]:
                return 200, self._datastores.grant()
        raise _unknown(method, "/".join(path))

    def _bench(self) -> Bench:
        storage = {
            "AZURE_STORAGE_ACCOUNT": self._storage.account,
            "AZURE_STORAGE_KEY": self._storage.key,
        }
        return Bench(
            storage=self._storage,
            folder=self._settings.folder / "steps",
            seconds=self._settings.seconds,
            environment={**storage, **self._settings.environment},
        )

    def _component(self, arm_id: str) -> Spec:
        name, version = _versioned(arm_id, "components")
        spec: Spec = self._assets["components"].get(name, version)["properties"]["componentSpec"]
        return spec

    def _code(self, arm_id: str) -> str:
        name, version = _versioned(arm_id, "codes")
        return str(self._assets["codes"].get(name, version)["properties"]["codeUri"])

    def _view(self) -> dict[str, Any]:
        base = self._settings.resource_manager.rstrip("/")
        name = self._settings.id.rsplit("/", 1)[-1]
        return {
            "id": self._settings.id,
            "name": name,
            "type": "Microsoft.MachineLearningServices/workspaces",
            "location": self._settings.location,
            "properties": {
                "friendlyName": name,
                "provisioningState": "Succeeded",
                "mlFlowTrackingUri": self._settings.tracking_uri,
                "discoveryUrl": f"{base}/discovery",
            },
        }


def page(values: Any, query: Mapping[str, str]) -> dict[str, Any]:
    """A collection as ARM pages it: all of it, or the first `$top`."""
    top = query.get("$top", "")
    return {"value": list(values)[: int(top) if top.isdecimal() else None]}


def _versioned(arm_id: str, kind: str) -> tuple[str, str]:
    match arm_id.removeprefix("azureml:").split("/"):
        case [*_, found, name, "versions", version] if found == kind:
            return name, version
    raise not_found(kind.rstrip("s"), arm_id)


def _unknown(method: str, path: str) -> Refused:
    return Refused(
        404, "InvalidResourceType", f"{method} {path} is nothing that this workspace answers."
    )
