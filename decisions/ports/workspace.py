"""What trains, registers and serves models."""

from typing import Protocol

from decisions.actions import EndpointSpec, RegisterModel, SubmitTraining
from decisions.facts import EndpointFacts, RegisteredFacts, RunFacts


class Training(Protocol):
    """The workspace that runs training jobs."""

    def submit(self, action: SubmitTraining) -> None:
        """Start a job under its name; a job of that name and cause is already started."""

    def look(self, job: str) -> RunFacts | None:
        """The job now; None when there is no such job."""

    def cancel(self, job: str) -> None:
        """Ask for the job to be stopped; one that ended or never was is left alone."""


class Registry(Protocol):
    """The registry of models and versions."""

    def register(self, action: RegisterModel) -> str:
        """Enter a version for the run, once; gives its number."""

    def find(self, model: str, version: str) -> RegisteredFacts | None:
        """A version as the registry has it."""

    def mirror(self, model: str, version: str, role: str) -> None:
        """Give a role's tag to one version and take it from all others."""


class Endpoints(Protocol):
    """Where versions are served."""

    def apply(self, spec: EndpointSpec) -> None:
        """Take one step towards the specification; an older generation changes nothing."""

    def look(self, name: str, target: str) -> EndpointFacts | None:
        """The endpoint as it is; None when there is none."""

    def address(self, name: str) -> str:
        """Host and port at which clients reach an endpoint. Raises Transient while it has none."""

    def score(self, name: str, target: str, deployment: str, body: bytes) -> bytes:
        """Ask one deployment a question, as any client would; gives the answer's bytes."""
