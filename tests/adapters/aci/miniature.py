"""Container Instances as an endpoint sees them: groups that are put, and a server that follows.

The groups are what ARM would have stored. The scoring server is played by `follow`, which does
once what the real one does all the time, and by the HTTP server to which all groups' addresses
lead.
"""

import json
from typing import Any

from azure.storage.blob import ContainerClient

from tests.adapters.receiver import Receiver, Reply, Request


class Groups:
    """The container groups that ARM knows, by the name of their endpoint."""

    def __init__(self, scoring_port: int) -> None:
        self.there: dict[str, dict[str, Any]] = {}
        self._address = {"ip": "127.0.0.1", "ports": [{"port": scoring_port, "protocol": "TCP"}]}

    def answer(self, request: Request) -> Reply:
        """What ARM answers."""
        name = request.path.partition("?")[0].rpartition("/")[2]
        if request.method == "PUT":
            group = request.json
            state = {"provisioningState": "Succeeded", "ipAddress": self._address}
            self.there[name] = {**group, "properties": {**group["properties"], **state}}
            return Reply(201, body=self.there[name])
        if name not in self.there:
            return Reply(404, body={"error": {"code": "ResourceNotFound", "message": name}})
        if request.method == "DELETE":
            return Reply(200, body=self.there.pop(name))
        return Reply(200, body=self.there[name])


class ScoringServer:
    """Whoever runs in the groups; `broken` names deployments that fail, with the reason."""

    def __init__(self, documents: ContainerClient) -> None:
        self.broken: dict[str, str] = {}
        self._documents = documents
        self._loaded: set[str] = set()

    def follow(self, endpoint: str) -> None:
        """Read what the endpoint should be, become that, and say so."""
        desired = json.loads(self._documents.download_blob(f"{endpoint}/desired.json").readall())
        deployments = [self._state(one) for one in desired["deployments"]]
        self._loaded = {one["name"] for one in deployments if one["state"] == "ready"}
        status = {
            "schema": 1,
            "endpoint": endpoint,
            "generation": desired["generation"],
            "observed_at": "2026-11-21T10:00:00Z",
            "deployments": deployments,
            "traffic": desired["traffic"],
        }
        path = f"{endpoint}/status.json"
        self._documents.upload_blob(path, json.dumps(status), overwrite=True)

    def answer(self, request: Request) -> Reply:
        """A prediction of the deployment that the header names."""
        asked = request.headers["azureml-model-deployment"]
        return Reply(200, body=[0]) if asked in self._loaded else Reply(404, body={"asked": asked})

    def _state(self, deployment: dict[str, Any]) -> dict[str, Any]:
        reason = self.broken.get(deployment["name"])
        return {
            "name": deployment["name"],
            "version": deployment["version"],
            "sha256": deployment["sha256"],
            "state": "failed" if reason else "ready",
            "reason": reason,
        }


def scoring(server: ScoringServer) -> Receiver:
    """The HTTP side of a scoring server."""
    return Receiver(answer=server.answer)
