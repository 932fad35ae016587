"""The server as the image runs it: a process, its settings, its store in a real Azurite."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
import pandas as pd
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from scoring.server.settings import Storage
from scoring.server.store import BlobStore, open_store
from tests.scoring.models import constant, digest
from tests.scoring.server.serving import ROW

ROOT = Path(__file__).parents[3]


class Account:
    """The storage account as Ratchet fills it for one endpoint."""

    def __init__(self, connection: str) -> None:
        self.connection = connection
        self.endpoint = f"digits-{uuid4().hex[:8]}"
        self.service = BlobServiceClient.from_connection_string(connection)
        for container in ("endpoints", "runs", "inference"):
            with suppress(ResourceExistsError):
                self.service.create_container(container)

    def put(self, container: str, path: str, content: bytes) -> None:
        self.service.get_blob_client(container, path).upload_blob(content, overwrite=True)

    def deploy(self, generation: int, answer: float) -> None:
        self.deploy_model(generation, constant(answer))

    def deploy_model(self, generation: int, content: bytes) -> None:
        folder = f"{self.endpoint}/{generation}/model"
        self.put("runs", f"{folder}/model.onnx", content)
        deployment = {
            "name": f"v{generation}",
            "version": str(generation),
            "model": f"runs/{folder}",
            "sha256": digest(content),
        }
        desired = {
            "schema": 1,
            "endpoint": self.endpoint,
            "generation": generation,
            "deployments": [deployment],
            "traffic": {f"v{generation}": 100},
        }
        self.put("endpoints", f"{self.endpoint}/desired.json", json.dumps(desired).encode())

    def traffic(self) -> object:
        return self.status("traffic")

    def status(self, name: str) -> object:
        blob = self.service.get_blob_client("endpoints", f"{self.endpoint}/status.json")
        try:
            return json.loads(blob.download_blob().readall())[name]
        except ResourceNotFoundError:
            return None

    def logs(self) -> dict[str, pd.DataFrame]:
        """What the endpoint logged, by blob."""
        container = self.service.get_container_client("inference")
        names = container.list_blob_names(name_starts_with=f"{self.endpoint}/")
        return {
            name: pd.read_parquet(BytesIO(container.download_blob(name).readall()))
            for name in names
        }

    def logged(self) -> list[str]:
        """The ids of all requests that were logged, a row each."""
        return [str(each) for log in self.logs().values() for each in log["ratchet.request"]]

    def store(self) -> BlobStore:
        return open_store(Storage(connection_string=self.connection), self.endpoint)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def process(account: Account, port: int, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "RATCHET_STORAGE": account.connection,
        "RATCHET_ENDPOINT": account.endpoint,
        "RATCHET_POLL_SECONDS": "1",
        "PORT": str(port),
        **settings,
    }
    command = [sys.executable, "-m", "scoring.server"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as running:
        try:
            yield running
        finally:
            running.kill()


def answered(url: str) -> object:
    with suppress(httpx.TransportError):
        response = httpx.post(f"{url}/score", json=ROW)
        return response.json() if response.status_code == 200 else None
    return None


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False
