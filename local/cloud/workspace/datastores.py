"""The collection `datastores`, and the right to upload code."""

from typing import Any

from local.cloud.arm import Answer, Request
from local.cloud.workspace.answers import not_allowed, page
from local.cloud.workspace.errors import not_found
from local.cloud.workspace.storage import Storage

DEFAULT = "workspaceblobstore"


class Datastores:
    """The datastores of a workspace: containers of its storage account under a name."""

    def __init__(self, workspace: str, storage: Storage) -> None:
        self._workspace = workspace
        self._storage = storage

    def answer(self, request: Request) -> Answer:
        """Answer for the collection or one of it. Raises Refused."""
        if request.method != "GET":
            raise not_allowed(request)
        if request.id.is_collection:
            return page((self.get(name) for name in self._storage.datastores), request)
        return Answer(status=200, body=self.get(request.id.name))

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
