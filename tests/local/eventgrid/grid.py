"""The emulator as a real process, and endpoints that it delivers to."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from azure.core.credentials import AzureKeyCredential
from azure.eventgrid import EventGridPublisherClient

from local.ports import free_ports
from local.processes import Service, Supervisor

KEY = "a-key-that-only-tests-know"
TOPIC_ID = "/subscriptions/S/resourceGroups/R/providers/Microsoft.EventGrid/topics/orders"
SPECS = Path(__file__).parents[2] / "specs" / "eventgrid"
PATIENCE = 20.0


def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@dataclass
class Request:
    """What an endpoint got."""

    method: str
    headers: dict[str, str]
    body: Any


@dataclass
class Endpoint:
    """A webhook endpoint; `statuses` are its next answers to notifications, then it is well."""

    url: str
    statuses: list[int] = field(default_factory=list)
    consents: bool = True
    handshakes: list[Request] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that it was sent, without the arrays around them."""
        bodies = [request.body for request in self.requests]
        return [body[0] if isinstance(body, list) else body for body in bodies]

    def wait(self, count: int) -> None:
        """Waits for so many notifications."""
        until(lambda: len(self.requests) >= count)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        body = json.loads(self.rfile.read(length))
        request = Request("POST", {k.lower(): v for k, v in self.headers.items()}, body)
        if self.headers["aeg-event-type"] == "SubscriptionValidation":
            self.endpoint.handshakes.append(request)
            code = body[0]["data"]["validationCode"]
            self._answer(200, {"validationResponse": code} if self.endpoint.consents else {})
            return
        status = self.endpoint.statuses.pop(0) if self.endpoint.statuses else 200
        self.endpoint.requests.append(request)
        self._answer(status, {})

    def do_OPTIONS(self) -> None:
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.endpoint.handshakes.append(Request("OPTIONS", headers, None))
        origin = headers["webhook-request-origin"]
        allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "120"}
        self._answer(200, {}, allowed if self.endpoint.consents else {})

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A listening endpoint."""

    class Handler(_Handler):
        """With an endpoint of its own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listening = Handler.endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield listening
        server.shutdown()
        thread.join()


def webhook(url: str, **properties: Any) -> dict[str, Any]:
    """A subscription of the topic `orders` that an endpoint gets."""
    destination = {"endpointType": "WebHook", "properties": {"endpointUrl": url}}
    return {
        "name": "to-hook",
        "topic": "orders",
        "properties": {"destination": destination, **properties},
    }


class Grid:
    """A running emulator with one topic, `orders`."""

    def __init__(self, folder: Path, settings: dict[str, Any], processes: Supervisor) -> None:
        self.log = folder / "logs" / "eventgrid.log"
        [self._port] = free_ports(1)
        self._processes = processes
        file = folder / "settings.json"
        file.write_text(json.dumps(settings))
        command = [sys.executable, "-m", "local.eventgrid", "--port", str(self._port)]
        command += ["--data", str(folder / "data"), "--settings", str(file)]
        self._service = Service(name="eventgrid", command=command)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def topic(self) -> str:
        """The topic's endpoint."""
        return f"{self.url}/topics/orders/api/events"

    def publisher(self, key: str = KEY) -> EventGridPublisherClient:
        """Microsoft's client of the topic."""
        return EventGridPublisherClient(self.topic, AzureKeyCredential(key), retry_total=0)

    def show(self) -> dict[str, Any]:
        """What it says of itself."""
        shown: dict[str, Any] = httpx.get(f"{self.url}/admin").raise_for_status().json()
        return shown

    def deliveries(self, state: str) -> int:
        """How many deliveries are in a state."""
        return sum(counts.get(state, 0) for counts in self.show()["deliveries"].values())

    def start(self) -> None:
        """Start it, on the same port and data every time."""
        self._processes.start(self._service)

    def kill(self) -> None:
        """End it as a crash would."""
        self._processes.kill("eventgrid")


@contextmanager
def grid(folder: Path, *subscriptions: dict[str, Any], **settings: Any) -> Iterator[Grid]:
    """A running emulator; the settings are those of its file."""
    made = {
        "topics": [{"name": "orders", "id": TOPIC_ID, "key": KEY}],
        "subscriptions": subscriptions,
        "retryFactor": 0.001,
        **settings,
    }
    with Supervisor(folder / "logs") as processes:
        running = Grid(folder, made, processes)
        running.start()
        yield running
