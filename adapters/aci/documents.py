"""What an endpoint should be and what it is: two documents in the container `endpoints`.

`desired.json` is written under its ETag and never replaced by an older generation, so that the
late write of a process that was believed dead changes nothing. What stands in both is defined where
the scoring server reads and writes them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from adapters.errors import translated
from decisions.actions import EndpointSpec
from decisions.errors import Rejected, Transient
from decisions.facts import DeploymentFacts, EndpointFacts
from scoring.server.documents import Deployment, Desired, Status, read_desired

_TRIES = 3
_ROLE = "Storage Blob Data Contributor"


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

    def status(self, endpoint: str) -> EndpointFacts | None:
        """What an endpoint said of itself last; None when it never did."""
        content = self._download(f"{endpoint}/status.json")
        if content is None:
            return None
        with _readable(f"{endpoint}/status.json"):
            return _facts(msgspec.json.decode(content[0], type=Status))

    def _read(self, endpoint: str) -> tuple[Desired | None, str | None]:
        content = self._download(f"{endpoint}/desired.json")
        if content is None:
            return None, None
        with _readable(f"{endpoint}/desired.json"):
            return read_desired(content[0]), content[1]

    def _download(self, path: str) -> tuple[bytes, str] | None:
        with translated(f"read endpoints/{path}", _ROLE):
            try:
                blob = self._container.download_blob(path)
            except ResourceNotFoundError:
                return None
            return blob.readall(), blob.properties.etag

    def _write(self, wanted: Desired, etag: str | None) -> bool:
        """Whether nobody wrote since the document was read under `etag` (None: not there)."""
        path = f"{wanted.endpoint}/desired.json"
        unchanged: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        with translated(f"write endpoints/{path}", _ROLE):
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
        Deployment(name=one.name, version=one.version, model=one.artifact, sha256=one.sha256)
        for one in spec.deployments
    )
    return Desired(
        schema=1,
        endpoint=spec.name,
        generation=spec.generation,
        deployments=deployments,
        traffic=spec.traffic,
    )


def _facts(status: Status) -> EndpointFacts:
    deployments = tuple(
        DeploymentFacts(name=one.name, state=one.state, reason=one.reason)
        for one in status.deployments
    )
    return EndpointFacts(
        generation=status.generation, deployments=deployments, traffic=status.traffic
    )


@contextmanager
def _readable(path: str) -> Iterator[None]:
    try:
        yield
    except msgspec.DecodeError as error:
        raise Rejected(f"endpoints/{path} cannot be read: {error}", "malformed") from error
