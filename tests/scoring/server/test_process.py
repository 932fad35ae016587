"""The server as the image runs it: a process, its settings, its store in a real Azurite."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from scoring.errors import Unsuitable
from scoring.server.settings import Misconfigured, Storage
from scoring.server.source import Missing, Unavailable
from scoring.server.store import BlobStore, open_store
from tests.scoring.models import constant, digest
from tests.scoring.server.serving import ROW, half_sent, until

ROOT = Path(__file__).parents[3]


class Account:
    """The storage account as Ratchet fills it for one endpoint."""

    def __init__(self, connection: str) -> None:
        self.connection = connection
        self.endpoint = f"digits-{uuid4().hex[:8]}"
        self.service = BlobServiceClient.from_connection_string(connection)
        for container in ("endpoints", "runs"):
            with suppress(ResourceExistsError):
                self.service.create_container(container)

    def put(self, container: str, path: str, content: bytes) -> None:
        self.service.get_blob_client(container, path).upload_blob(content, overwrite=True)

    def deploy(self, generation: int, answer: float) -> None:
        content = constant(answer)
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
        blob = self.service.get_blob_client("endpoints", f"{self.endpoint}/status.json")
        try:
            return json.loads(blob.download_blob().readall())["traffic"]
        except ResourceNotFoundError:
            return None

    def store(self) -> BlobStore:
        return open_store(Storage(connection_string=self.connection), self.endpoint)


@pytest.fixture
def account(storage: str) -> Iterator[Account]:
    found = Account(storage)
    with found.service:
        yield found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def process(account: Account, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "RATCHET_STORAGE": account.connection,
        "RATCHET_ENDPOINT": account.endpoint,
        "RATCHET_POLL_SECONDS": "1",
        "PORT": str(port),
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


def test_a_process_follows_the_endpoint_in_storage(account: Account):
    port = free_port()
    account.deploy(1, 1.0)
    with process(account, port):
        until(lambda: answered(f"http://127.0.0.1:{port}") == [1.0])
        account.deploy(2, 2.0)
        until(lambda: answered(f"http://127.0.0.1:{port}") == [2.0])
        until(lambda: account.traffic() == {"v2": 100})


def test_a_request_inside_is_answered_after_the_signal_to_stop(account: Account):
    port = free_port()
    account.deploy(1, 1.0)
    body = json.dumps(ROW).encode()
    with process(account, port) as running:
        until(lambda: answered(f"http://127.0.0.1:{port}") == [1.0])
        with half_sent(port, body) as slow:
            running.send_signal(signal.SIGTERM)
            until(lambda: refused(port))
            slow.sendall(body)
            answer = slow.makefile("rb").read()
        assert running.wait(30) == 0
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"[1.0]")


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_process_without_settings_names_them():
    ended = subprocess.run(
        [sys.executable, "-m", "scoring.server"],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("RATCHET_ENDPOINT is not set")


def test_the_store_tells_what_changed(account: Account):
    store = account.store()
    with pytest.raises(Missing, match=r"there is no .*/desired\.json"):
        store.desired(None)
    account.deploy(1, 1.0)
    first = store.desired(None)
    assert first is not None
    assert json.loads(first.content)["generation"] == 1
    assert store.desired(first.tag) is None
    account.deploy(2, 2.0)
    second = store.desired(first.tag)
    assert second is not None
    assert json.loads(second.content)["generation"] == 2


def test_the_store_gives_models_up_to_a_size(account: Account):
    account.put("runs", f"{account.endpoint}/model/model.onnx", bytes(1000))
    folder = f"runs/{account.endpoint}/model"
    assert account.store().model(folder, 1000) == bytes(1000)
    with pytest.raises(Unsuitable, match=r"model\.onnx has 1,000 bytes, of at most 999"):
        account.store().model(folder, 999)
    with pytest.raises(Missing):
        account.store().model("runs/elsewhere", 1000)


def test_a_store_that_is_down_is_unavailable():
    url = f"http://127.0.0.1:{free_port()}/devstoreaccount1"
    connection = f"AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint={url};"
    store = open_store(Storage(connection_string=connection), "digits")
    with pytest.raises(Unavailable, match=r"digits/desired\.json cannot be reached"):
        store.desired(None)


def test_a_connection_string_that_is_none_is_named():
    with pytest.raises(Misconfigured, match="RATCHET_STORAGE cannot be used"):
        open_store(Storage(connection_string="nonsense"), "digits")
