"""The collection `datastores`, and the right to upload code."""

from collections.abc import Iterable
from typing import Any

from local.cloud.workspace.errors import not_found
from local.cloud.workspace.storage import Storage

DEFAULT = "workspaceblobstore"


class Datastores:
    """The datastores of a workspace: containers of its storage account under a name."""

    def __init__(self, workspace: str, storage: Storage) -> None:
        self._workspace = workspace
        self._storage = storage

    def list(self) -> Iterable[dict[str, Any]]:
        """Every datastore."""
        return [self.get(name) for name in self._storage.datastores]

    def get(self, name: str) -> dict[str, Any]:
        """One datastore."""
        if name not in self._storage.datastores:
            raise not_found("datastore", name)
        return {
            "id": f"{self._workspace}/datastores/{name}",
            "name": name,
            "type": "Microsoft.MachineLearningServices/workspaces/datastores",
            "properties": {
                "datastoreType": "AzureBlob",
                "accountName": self._storage.account,
                "containerName": self._storage.datastores[name],
                "isDefault": name == DEFAULT,
                "credentials": {"credentialsType": "None"},
            },
        }

    def grant(self) -> dict[str, Any]:
        """Where to upload, and the right to: the answer of `startPendingUpload`."""
        url, signed = self._storage.grant()
        return {
            "pendingUploadType": "TemporaryBlobReference",
            "blobReferenceForConsumption": {
                "blobUri": url,
                "storageAccountArmId": "",
                "credential": {"credentialType": "SAS", "sasUri": signed},
            },
        }
