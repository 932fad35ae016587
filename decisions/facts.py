"""What a decision may know of the world: read just before it, passed in as values."""

from msgspec import Struct


class RunFacts(Struct, frozen=True, kw_only=True):
    """A training job as the workspace has it now; `status` is Azure ML's word."""

    status: str
    reason: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the run ended without a model."""
        return self.status in {"Failed", "Canceled", "NotResponding"}


class RegisteredFacts(Struct, frozen=True, kw_only=True):
    """A registered version; all but its number is None when a person registered it by hand."""

    version: str
    run: str | None = None
    sha256: str | None = None
    manifest: str | None = None


class DeploymentFacts(Struct, frozen=True, kw_only=True):
    """One deployment as its endpoint reports it: loading, ready or failed with a reason."""

    name: str
    state: str
    reason: str | None = None


class EndpointFacts(Struct, frozen=True, kw_only=True):
    """An endpoint as it is now; `generation` is the last specification that it has taken up."""

    generation: int
    deployments: tuple[DeploymentFacts, ...] = ()
    traffic: dict[str, int] = {}

    def deployment(self, name: str) -> DeploymentFacts | None:
        """The deployment of that name, if the endpoint knows it."""
        return next((one for one in self.deployments if one.name == name), None)


class Facts(Struct, frozen=True, kw_only=True):
    """What was read for one decision; what the event does not concern stays None.

    `arriving` counts the blobs that were noted and not opened yet: uploads that go on. `results`
    counts the pieces of the running batch that are done.
    """

    arriving: int = 0
    run: RunFacts | None = None
    registered: RegisteredFacts | None = None
    endpoint: EndpointFacts | None = None
    results: int = 0
