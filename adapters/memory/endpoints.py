"""Endpoints, in memory: a specification is served as soon as it is applied."""

from decisions.actions import EndpointSpec
from decisions.errors import Missing
from decisions.facts import DeploymentFacts, EndpointFacts


class MemoryEndpoints:
    """Port `Endpoints`; `broken` names deployments that fail, with the reason."""

    def __init__(self) -> None:
        self.specs: dict[str, EndpointSpec] = {}
        self.history: list[EndpointSpec] = []
        self.broken: dict[str, str] = {}

    def apply(self, spec: EndpointSpec) -> None:
        """Take a newer specification up; an older one changes nothing."""
        known = self.specs.get(spec.name)
        if known is None or known.generation < spec.generation:
            self.specs[spec.name] = spec
            self.history.append(spec)

    def look(self, name: str, target: str) -> EndpointFacts | None:  # noqa: ARG002 - One kind here.
        """The endpoint as it is."""
        spec = self.specs.get(name)
        if spec is None:
            return None
        deployments = tuple(self._facts(one.name) for one in spec.deployments)
        return EndpointFacts(
            generation=spec.generation, deployments=deployments, traffic=spec.traffic
        )

    def address(self, name: str) -> str:
        """A place that is nowhere."""
        return f"{name}.memory:80"

    def score(self, name: str, target: str, deployment: str, body: bytes) -> bytes:  # noqa: ARG002
        """Answer any question with one prediction, if the deployment is there and well."""
        facts = self.look(name, target)
        found = facts.deployment(deployment) if facts else None
        if found is None or found.state != "ready":
            raise Missing(f"endpoint {name} has no deployment {deployment} that is ready")
        return b"[0]"

    def _facts(self, name: str) -> DeploymentFacts:
        reason = self.broken.get(name)
        return DeploymentFacts(name=name, state="failed" if reason else "ready", reason=reason)
