"""The parts of the control plane, made from the settings, opened and closed together."""

from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

from local.cloud import serving
from local.cloud.arm import Provider
from local.cloud.azureml import AzureML
from local.cloud.certificate import Certificate
from local.cloud.containers.groups import Groups
from local.cloud.containers.planning import Planner
from local.cloud.containers.provider import ContainerInstance
from local.cloud.containers.records import Records
from local.cloud.faults import Faults
from local.cloud.guard import MANAGEMENT, Guard
from local.cloud.identity import endpoint
from local.cloud.identity.endpoint import IdentityEndpoint
from local.cloud.identity.tokens import Tokens
from local.cloud.manager import ResourceManager
from local.cloud.operations import Operations
from local.cloud.roles import Roles
from local.cloud.settings import Principal, Settings, WorkspaceSettings, role_definitions
from local.cloud.store import Store


class Cloud:
    """The control plane at two addresses, with its state in one folder.

    Raises ValueError for settings that contradict themselves.
    """

    def __init__(self, settings: Settings, folder: Path, tls: str, plain: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tls, self._plain = tls, plain
        self._principals = {one.name: one for one in settings.principals}
        self.certificate = Certificate(folder / "tls")
        self._tokens = Tokens(folder / "token.key", settings.token_seconds)
        self._faults = Faults()
        roles = Roles(role_definitions(settings, Path.cwd()), settings.principals)
        self._guard = Guard(self._tokens, roles, self._faults, tls)
        self._store = Store(folder / "cloud.sqlite")
        self._operations = Operations(self._store)
        planner = Planner(images=settings.images, identity=self._identity)
        self._groups = Groups(
            Records(self._store), self._operations, planner, folder / "containers"
        )
        known = settings.workspace
        self._azureml = self._made_azureml(known, folder / "workspace") if known else None

    @property
    def addresses(self) -> dict[str, str]:
        """Where everything is, by name."""
        mlflow = {"mlflow": self._azureml.tracking_uri} if self._azureml else {}
        return {
            "resource_manager": self._tls,
            "identity": f"{self._plain}{endpoint.PATH}",
            "faults": f"{self._plain}/faults",
            "ca_bundle": str(self.certificate.bundle),
            **mlflow,
        }

    def applications(self) -> tuple[Starlette, Starlette]:
        """The applications of the TLS port and of the plain one."""
        providers: list[Provider] = [ContainerInstance(self._groups)]
        if self._azureml:
            providers.append(self._azureml.workspace)
        manager = ResourceManager(providers, self._operations, self._guard, self._faults, self._tls)
        others = self._azureml.routes() if self._azureml else {}
        identity = IdentityEndpoint(self._tokens, self._principals.values())
        return (
            serving.with_token({"/subscriptions/{path:path}": manager.answer, **others}),
            serving.without_token(identity, self._faults),
        )

    def open(self) -> None:
        """Take up what was running when the program last ended."""
        self._groups.open()
        if self._azureml:
            self._azureml.workspace.start()

    async def close(self) -> None:
        """End every process that runs for a resource; the resources stay."""
        await run_in_threadpool(self._groups.close)
        if self._azureml:
            await self._azureml.close()
        self._store.close()

    def _made_azureml(self, settings: WorkspaceSettings, folder: Path) -> AzureML:
        compute = self._principals.get(settings.compute)
        if compute is None:
            raise ValueError(f"the workspace's compute {settings.compute} is not a principal")
        return AzureML(
            settings,
            folder,
            self._tls,
            self._guard,
            token=lambda: self._tokens.issue(compute.name, MANAGEMENT)[0],
            environment=self._environment(compute),
        )

    def _identity(self, resource: str) -> Mapping[str, str]:
        """The environment that a user-assigned identity gives a program, by its ARM id."""
        for principal in self._principals.values():
            if principal.resource and principal.resource.lower() == resource.lower():
                return self._environment(principal)
        return {}

    def _environment(self, principal: Principal) -> Mapping[str, str]:
        bundle = str(self.certificate.bundle)
        return {
            "IDENTITY_ENDPOINT": f"{self._plain}{endpoint.PATH}",
            "IDENTITY_HEADER": principal.secret,
            "REQUESTS_CA_BUNDLE": bundle,
            "SSL_CERT_FILE": bundle,
        }
