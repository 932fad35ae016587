"""A running server for tests: the real application on a real socket, its store in memory."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Any

import httpx

from scoring.server.connections import Patience
from scoring.server.scorer import Bounds
from scoring.server.serving import build, server
from scoring.server.settings import Recording, Settings, Storage
from scoring.server.source import Document, Missing, Source, Unavailable
from tests.scoring.models import constant, digest

DEADLINE = 30.0
FORCE = "azureml-model-deployment"
ROW = {"input_data": [[0.0, 0.0]]}


class MemoryStore:
    """An endpoint's documents and models; `down` makes every call fail."""

    def __init__(self) -> None:
        self.models: dict[str, bytes] = {}
        self.statuses: list[dict[str, Any]] = []
        self.logged: dict[str, bytes] = {}
        self.down = False
        self.reads = 0
        self._document: Document | None = None
        self._lock = Lock()

    def write(self, content: bytes) -> None:
        with self._lock:
            number = int(self._document.tag) + 1 if self._document else 1
            self._document = Document(content, str(number))

    def desired(self, known: str | None) -> Document | None:
        self._check()
        self.reads += 1
        with self._lock:
            if self._document is None:
                raise Missing("there is no desired.json")
            return None if self._document.tag == known else self._document

    def model(self, folder: str, limit: int) -> bytes:
        self._check()
        if folder not in self.models:
            raise Missing(f"there is no {folder}/model.onnx")
        return self.models[folder]

    def report(self, status: bytes) -> None:
        self._check()
        self.statuses.append(json.loads(status))

    def keep(self, path: str, content: bytes) -> None:
        self._check()
        assert path not in self.logged
        self.logged[path] = content

    def _check(self) -> None:
        if self.down:
            raise Unavailable("the store is down")


def deployment(store: MemoryStore, name: str, content: bytes) -> dict[str, str]:
    """Put a model into the store and describe it as desired.json does."""
    folder = f"runs/{name}/model"
    store.models[folder] = content
    return {"name": name, "version": name, "model": folder, "sha256": digest(content)}


def desired(generation: int, deployments: list[dict[str, str]], traffic: dict[str, int]) -> bytes:
    return json.dumps(
        {
            "schema": 1,
            "endpoint": "digits",
            "generation": generation,
            "deployments": deployments,
            "traffic": traffic,
        }
    ).encode()


def numbered(store: MemoryStore, *numbers: int) -> list[dict[str, str]]:
    """Deployments v1, v2, …, each of which answers its own number."""
    return [deployment(store, f"v{number}", constant(float(number))) for number in numbers]


@contextmanager
def serving(
    store: Source,
    *,
    keys: tuple[str, ...] = (),
    bounds: Bounds | None = None,
    recording: Recording | None = None,
    patience: Patience | None = None,
) -> Iterator[httpx.Client]:
    """Run the server; gives a client of it."""
    settings = Settings(
        endpoint="digits",
        storage=Storage(),
        poll_seconds=0.02,
        keys=keys,
        recording=recording or Recording(),
    )
    app = build(store, settings, bounds or Bounds())
    running = server(app, settings, patience or Patience())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            port = listening.getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=DEADLINE) as client:
                until(lambda: running.started)
                yield client
        finally:
            running.should_exit = True
            thread.join()


@contextmanager
def serving_model(content: bytes, **options: Any) -> Iterator[httpx.Client]:
    """Run the server with one ready deployment, v1, that gets all traffic."""
    store = MemoryStore()
    store.write(desired(1, [deployment(store, "v1", content)], {"v1": 100}))
    with serving(store, **options) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        yield client


@contextmanager
def half_sent(port: int, body: bytes) -> Iterator[socket.socket]:
    """A request that the server has begun to serve, and whose body is still to be sent."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        # The server asks for the body when it has a place for the request.
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        yield connection


def until(true: Callable[[], bool]) -> None:
    """Look again until it is true; after the deadline it is a failure."""
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.005)


def answers(client: httpx.Client, **headers: str) -> Any:
    """What one row is answered."""
    response = client.post("/score", json=ROW, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()[0]
