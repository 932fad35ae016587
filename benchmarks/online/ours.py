"""The scoring server as the image runs it: its store in Azurite, with log, key and checks on."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from azure.storage.blob import BlobServiceClient

from benchmarks.online.contender import Contender
from benchmarks.online.cores import OTHERS, on_core
from benchmarks.online.model import ONNX
from local.azurite import server
from local.ports import free_ports
from local.processes import Supervisor

_ENDPOINT, _KEY = "bench", "the-key-of-the-benchmark"


@contextmanager
def storage(folder: Path) -> Iterator[str]:
    """The connection string of an Azurite beside the load; it takes what the server logs."""
    blob, queue, table = free_ports(3)
    with Supervisor(folder / "logs") as processes:
        with on_core(OTHERS):
            processes.start(server.azurite(folder / "data", blob=blob, queue=queue, table=table))
        yield server.connection_string(blob=blob, queue=queue, table=table)


def ours(connection: str, model: bytes | None = None) -> Contender:
    """The server, with the model of the benchmark (unless given another) in its store."""
    content = ONNX.read_bytes() if model is None else model
    _deploy(connection, content)
    return Contender(
        name="ratchet",
        command=lambda _: ("-m", "scoring.server"),
        path="/score",
        body=lambda row: orjson.dumps({"input_data": [row]}),
        label=lambda body: int(orjson.loads(body)[0]),
        ready="/readyz",
        headers={"authorization": f"Bearer {_KEY}"},
        environment={
            "RATCHET_STORAGE": connection,
            "RATCHET_ENDPOINT": _ENDPOINT,
            "RATCHET_ENDPOINT_KEYS": f"another-key,{_KEY}",
        },
    )


def _deploy(connection: str, content: bytes) -> None:
    deployment = {
        "name": "v1",
        "version": "1",
        "model": f"runs/{_ENDPOINT}/model",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    desired = {
        "schema": 1,
        "endpoint": _ENDPOINT,
        "generation": 1,
        "deployments": [deployment],
        "traffic": {"v1": 100},
    }
    with BlobServiceClient.from_connection_string(connection) as service:
        for container in ("endpoints", "runs", "inference"):
            service.create_container(container)
        _put(service, "runs", f"{_ENDPOINT}/model/model.onnx", content)
        _put(service, "endpoints", f"{_ENDPOINT}/desired.json", json.dumps(desired).encode())


def _put(service: BlobServiceClient, container: str, path: str, content: bytes) -> None:
    service.get_blob_client(container, path).upload_blob(content)
