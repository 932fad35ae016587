"""Port `Endpoints` on container groups whose scoring servers follow a document."""

from contextlib import closing

from azure.storage.blob import ContainerClient
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from adapters.aci import group
from adapters.aci.documents import Documents
from adapters.aci.group import GroupSettings
from adapters.arm import Arm
from adapters.retry_after import retry_after
from decisions.actions import EndpointSpec
from decisions.errors import Rejected, Transient
from decisions.facts import DeploymentFacts, EndpointFacts
from scoring.server.documents import Desired

_MOST_READ = 16_000_000
_TRY_AGAIN = frozenset({401, 408, 429, 502, 503, 504})
"""401 comes of a group with the keys of before, which a deployment is about to put anew."""


class ContainerEndpoints:
    """Port `Endpoints` for the target `aci`.

    `resource_group` is the ARM id under which groups are made, `documents` the storage container
    `endpoints`.
    """

    def __init__(
        self, arm: Arm, resource_group: str, documents: ContainerClient, settings: GroupSettings
    ) -> None:
        self._arm = arm
        self._resource_group = resource_group.rstrip("/")
        self._documents = Documents(documents)
        self._settings = settings
        self._http = PoolManager(retries=False, timeout=Timeout(connect=5, read=30))

    def apply(self, spec: EndpointSpec) -> None:
        """Write what the endpoint should be, then see to its group; an older spec does nothing.

        An endpoint without deployments needs no group, so it is deleted.
        """
        _only_aci(spec.target)
        if not self._documents.desire(spec):
            return
        if spec.deployments:
            self._ensure_group(spec.name)
        else:
            self._arm.delete(self._group(spec.name), group.API_VERSION)

    def look(self, name: str, target: str) -> EndpointFacts | None:
        """The endpoint as it says it is, or failed where its group can say nothing any more."""
        _only_aci(target)
        desired = self._documents.desired(name)
        if desired is None:
            return None
        if not desired.deployments:
            return EndpointFacts(generation=desired.generation)
        status = self._documents.status(name)
        if status is not None and status.generation >= desired.generation:
            return status
        problem = self._problem(name)
        if problem:
            return _failed(desired, problem)
        return status or EndpointFacts(generation=0)

    def score(self, name: str, target: str, deployment: str, body: bytes) -> bytes:
        """Ask one deployment a question, as any client would; gives the answer's bytes."""
        _only_aci(target)
        url = f"http://{self.address(name)}/score"
        headers = {
            "Content-Type": "application/json",
            "azureml-model-deployment": deployment,
            **self._authorization(),
        }
        try:
            with closing(
                self._http.request(
                    "POST", url, body=body, headers=headers, redirect=False, preload_content=False
                )
            ) as answer:
                content = answer.read(_MOST_READ)
        except HTTPError as error:
            raise Transient(f"endpoint {name} does not answer: {type(error).__name__}") from error
        if answer.status == 200:
            return content
        said = f"{deployment} of endpoint {name} answered {answer.status}: {content[:500]!r}"
        if answer.status in _TRY_AGAIN:
            raise Transient(said, retry_after(answer.headers))
        raise Rejected(said, f"http_{answer.status}")

    def _authorization(self) -> dict[str, str]:
        """The oldest key opens a group that was put before there was a newer one, too."""
        keys = self._settings.keys
        return {"Authorization": f"Bearer {keys[-1]}"} if keys else {}

    def _ensure_group(self, name: str) -> None:
        """Put the group only when it is not there or not so yet, since a put restarts it."""
        wanted = group.body(name, self._settings)
        found = self._arm.find(self._group(name), group.API_VERSION)
        if found is not None and group.same(found, wanted):
            return
        self._arm.put(self._group(name), group.API_VERSION, wanted)

    def _problem(self, name: str) -> str | None:
        """Why the group will not serve; one that is not seen (yet) is no problem by itself."""
        found = self._arm.find(self._group(name), group.API_VERSION)
        return group.problem(found) if found else None

    def address(self, name: str) -> str:
        """Where clients reach an endpoint. Raises Transient while it has no address."""
        found = self._arm.find(self._group(name), group.API_VERSION)
        address = group.address(found) if found else None
        if address is None:
            raise Transient(f"endpoint {name} has no address yet")
        return address

    def _group(self, name: str) -> str:
        return (
            f"{self._resource_group}/providers/Microsoft.ContainerInstance/containerGroups/{name}"
        )


def _only_aci(target: str) -> None:
    if target != "aci":
        raise Rejected(
            f"this release serves models on Azure Container Instances alone, not on {target}: "
            "set `rollout.target: aci`",
            "unsupported_target",
        )


def _failed(desired: Desired, problem: str) -> EndpointFacts:
    return EndpointFacts(
        generation=desired.generation,
        deployments=tuple(
            DeploymentFacts(name=one.name, state="failed", reason=problem)
            for one in desired.deployments
        ),
    )
