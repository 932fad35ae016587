"""The workspace's blobs: addresses of datastores, folders going in and out of steps, uploads."""

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import (
    BlobServiceClient,
    ContainerClient,
    ContainerSasPermissions,
    generate_container_sas,
)

from local.cloud.workspace.errors import wrong

_DATASTORE = "azureml://"
UPLOAD_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A folder of blobs: the container and the path below it, without slashes around it."""

    container: str
    prefix: str


class Storage:
    """The workspace's storage account, with its datastores by name."""

    def __init__(self, connection: str, datastores: Mapping[str, str]) -> None:
        self._service = BlobServiceClient.from_connection_string(connection)
        self.datastores = dict(datastores)

    @property
    def account(self) -> str:
        """The name of the account."""
        return str(self._service.account_name)

    @property
    def key(self) -> str:
        """The key of the account, for programs that have no identity of their own."""
        return str(self._service.credential.account_key)

    def place(self, address: str) -> Place:
        """Where an address points: `azureml://datastores/…/paths/…` or the URL of a blob folder."""
        if address.startswith(_DATASTORE):
            return self._below_datastore(address)
        root = self._service.url.rstrip("/") + "/"
        if not address.startswith(root):
            raise wrong(f"{address} is neither in a datastore nor in the account {self.account}.")
        path = unquote(urlsplit(address).path)[len(urlsplit(root).path) :]
        container, _, prefix = path.partition("/")
        return Place(container=container, prefix=prefix.strip("/"))

    def url(self, place: Place) -> str:
        """The address of a folder as a URL, without any secret."""
        return f"{self._service.url.rstrip('/')}/{place.container}/{place.prefix}".rstrip("/")

    def download(self, place: Place, folder: Path) -> None:
        """Copy every blob below a place into a folder; a name that leads out of it is refused."""
        folder.mkdir(parents=True, exist_ok=True)
        container = self._container(place.container)
        for name, path in _below(container, place.prefix):
            target = within(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                container.download_blob(name).readinto(file)

    def upload(self, folder: Path, place: Place) -> None:
        """Make a place hold what a folder holds, and nothing else."""
        container = self._created(place.container)
        for name, _ in list(_below(container, place.prefix)):
            container.delete_blob(name)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = f"{place.prefix}/{path.relative_to(folder).as_posix()}"
            with path.open("rb") as file:
                container.upload_blob(name, file, overwrite=True)

    def grant(self) -> tuple[str, str]:
        """A fresh container for somebody's upload: its URL without, and with, the right to write.

        As in Azure the right ends after a while, and every request is given a container of its own.
        """
        container = self._created(f"code-{uuid.uuid4()}")
        signature = generate_container_sas(
            self.account,
            container.container_name,
            account_key=self.key,
            permission=ContainerSasPermissions(read=True, write=True, create=True, list=True),
            expiry=datetime.now(UTC) + UPLOAD_LIFETIME,
        )
        return container.url, f"{container.url}?{signature}"

    def _below_datastore(self, address: str) -> Place:
        parts = address.removeprefix(_DATASTORE).split("/")
        at = parts.index("datastores") if "datastores" in parts else -1
        if at < 0 or len(parts) < at + 4 or parts[at + 2] != "paths":
            raise wrong(f"{address} is not of the form azureml://datastores/<name>/paths/<path>.")
        name, path = parts[at + 1], "/".join(parts[at + 3 :])
        if name not in self.datastores:
            raise wrong(f"The workspace has no datastore {name}: {address}.")
        return Place(container=self.datastores[name], prefix=path.strip("/"))

    def _container(self, name: str) -> ContainerClient:
        return self._service.get_container_client(name)

    def _created(self, name: str) -> ContainerClient:
        container = self._container(name)
        with contextlib.suppress(ResourceExistsError):
            container.create_container()
        return container


def within(folder: Path, path: PurePosixPath) -> Path:
    """Where a blob's path lies in a folder; a hostile name could lead anywhere else."""
    if ".." in path.parts or path.is_absolute() or "\0" in str(path):
        raise wrong(f"The blob {path} has a name that leads out of its folder.")
    return folder.joinpath(*path.parts)


def _below(container: ContainerClient, prefix: str) -> Iterator[tuple[str, PurePosixPath]]:
    """The name of every blob below a prefix, and its path from there."""
    start = f"{prefix}/" if prefix else ""
    for name in container.list_blob_names(name_starts_with=start):
        yield name, PurePosixPath(name.removeprefix(start))
