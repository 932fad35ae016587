"""What an endpoint should be and what it is: two documents in the container `endpoints`.

`desired.json` is written under its ETag and never replaced by an older generation, so that the
late write of a process that was believed dead changes nothing.
"""

from typing import Any, TypeVar

import msgspec
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import ContainerClient
from msgspec import Struct

from adapters.errors import translated
from decisions.actions import EndpointSpec
from decisions.errors import Rejected, Transient
from decisions.facts import DeploymentFacts, EndpointFacts

Document = TypeVar("Document")

_TRIES = 3


class _Deployment(Struct, frozen=True, kw_only=True):
    name: str
    version: str
    model: str
    sha256: str


class Desired(Struct, frozen=True, kw_only=True):
    """The document that the scoring server follows; schema 1."""

    endpoint: str
    generation: int
    deployments: tuple[_Deployment, ...]
    traffic: dict[str, int]
    schema: int = 1


class Status(Struct, frozen=True, kw_only=True):
    """The document in which the scoring server says what it does; the rest of it is for people."""

    generation: int
    deployments: tuple[DeploymentFacts, ...]
    traffic: dict[str, int]

    @property
    def facts(self) -> EndpointFacts:
        """The same, as decisions know it."""
        return EndpointFacts(
            generation=self.generation, deployments=self.deployments, traffic=self.traffic
        )


class Documents:
    """The documents of all endpoints, in one container."""

    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    def desire(self, spec: EndpointSpec) -> bool:
        """Write what an endpoint should be; gives whether `spec` is what it should be now.

        Raises Transient when others keep writing at the same time.
        """
        wanted = _desired(spec)
        for _ in range(_TRIES):
            known, etag = self._read(spec.name)
            if known is not None and known.generation >= spec.generation:
                return known == wanted
            if self._write(wanted, etag):
                return True
        raise Transient(f"desired.json of {spec.name} keeps changing while it is written")

    def desired(self, endpoint: str) -> Desired | None:
        """What an endpoint should be; None when nobody ever said."""
        return self._read(endpoint)[0]

    def status(self, endpoint: str) -> Status | None:
        """What an endpoint said of itself last; None when it never did."""
        content = self._download(f"{endpoint}/status.json")
        return None if content is None else _decoded(content[0], Status, endpoint)

    def _read(self, endpoint: str) -> tuple[Desired | None, str | None]:
        content = self._download(f"{endpoint}/desired.json")
        if content is None:
            return None, None
        return _decoded(content[0], Desired, endpoint), content[1]

    def _download(self, path: str) -> tuple[bytes, str] | None:
        with translated(f"reading endpoints/{path}"):
            try:
                blob = self._container.download_blob(path)
            except ResourceNotFoundError:
                return None
            return blob.readall(), blob.properties.etag

    def _write(self, wanted: Desired, etag: str | None) -> bool:
        """Whether nobody wrote since the document was read under `etag` (None: not there)."""
        path = f"{wanted.endpoint}/desired.json"
        unchanged: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        with translated(f"writing endpoints/{path}"):
            try:
                self._container.upload_blob(
                    path,
                    msgspec.json.encode(wanted, order="deterministic"),
                    overwrite=etag is not None,
                    **(unchanged if etag else {}),
                )
            except (ResourceModifiedError, ResourceExistsError):
                return False
        return True


def _desired(spec: EndpointSpec) -> Desired:
    deployments = tuple(
        _Deployment(name=one.name, version=one.version, model=one.artifact, sha256=one.sha256)
        for one in spec.deployments
    )
    return Desired(
        endpoint=spec.name,
        generation=spec.generation,
        deployments=deployments,
        traffic=spec.traffic,
    )


def _decoded(content: bytes, kind: type[Document], endpoint: str) -> Document:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise Rejected(
            f"a document of endpoint {endpoint} cannot be read: {error}", "malformed"
        ) from error
