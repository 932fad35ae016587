"""A version is registered, tested and deployed."""

from decisions.events.event import Event


class ModelRegistered(Event, frozen=True, kw_only=True):
    """The registry has a new version, registered by Ratchet (`run` says for what) or by hand.

    Ratchet's own word has a cause of its own: the workspace's event may come first, and at a time
    at which the registry does not show the version yet.
    """

    version: str
    run: str | None = None

    @property
    def cause(self) -> str:
        """One entry a version."""
        return f"registered/{self.version}" + (f"/{self.run}" if self.run else "")


class SmokeTested(Event, frozen=True, kw_only=True):
    """A new deployment was asked one real question; `problem` says what its answer lacked."""

    deployment: str
    generation: int
    problem: str | None = None

    @property
    def cause(self) -> str:
        """One test a deployment and generation."""
        return f"smoke/{self.deployment}/{self.generation}"


class ModelDeployed(Event, frozen=True, kw_only=True):
    """The workspace says that an endpoint serves a version."""

    endpoint: str
    version: str

    @property
    def cause(self) -> str:
        """One deployment an endpoint and version."""
        return f"deployed/{self.endpoint}/{self.version}"
