"""A version is tested, and an endpoint brought to what it should be."""

from msgspec import Struct

from decisions.actions.action import Action, Work


class SmokeTest(Work, frozen=True, kw_only=True):
    """Ask a new deployment one real question before it gets traffic."""

    endpoint: str
    deployment: str
    run: str
    generation: int
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One test a deployment and generation, and look."""
        return f"{self.deployment}/{self.generation}/{self.ordinal}"


class DeploymentSpec(Struct, frozen=True, kw_only=True):
    """One version behind an endpoint; `artifact` is container/prefix of its model folder."""

    name: str
    version: str
    artifact: str
    sha256: str


class EndpointSpec(Struct, frozen=True, kw_only=True):
    """All that an endpoint should be; a higher `generation` always wins, a lower never does.

    `traffic` is empty (nothing serves yet) or its percentages sum to 100.
    """

    name: str
    target: str
    generation: int
    deployments: tuple[DeploymentSpec, ...]
    traffic: dict[str, int]


class EndpointAction(Action, frozen=True, kw_only=True):
    """Bring an endpoint to `spec`; the subclass only says with what intent."""

    spec: EndpointSpec

    @property
    def key(self) -> str:
        """One specification a generation."""
        return f"{self.spec.name}/{self.spec.generation}"

    @property
    def slot(self) -> str:
        """The newest specification is the one that counts."""
        return f"endpoint/{self.spec.name}"


class DeployModel(EndpointAction, frozen=True, kw_only=True):
    """Load a new version beside the serving one, without traffic."""


class ShiftTraffic(EndpointAction, frozen=True, kw_only=True):
    """Give the new version its next share."""


class RollBack(EndpointAction, frozen=True, kw_only=True):
    """Return all traffic to the version that served before and drop the new one."""


class RetireDeployment(EndpointAction, frozen=True, kw_only=True):
    """Drop the version that no longer has traffic."""
