"""A webhook receiver as a subscriber would write one: `python -m local.receiver --port N …`.

It takes Standard Webhooks (specification 1.0, Apache-2.0), checks signature and age, and keeps what
it got as JSON lines. Told to fail for a while, it lets one see that webhooks are tried again.

    POST /          a webhook: 204, or 401 when the signature does not hold
    GET  /received  what was kept
    PUT  /fail      {"times": 3, "status": 503}: answer so often with this status instead
"""

import argparse
import base64
import hashlib
import hmac
import json
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from local.ports import HOST
from local.processes import Service

TOLERANCE = 300.0
LARGEST = 1024 * 1024


class Failing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often to answer with which status before working again."""

    times: Annotated[int, Meta(ge=0, le=1000)]
    status: Annotated[int, Meta(ge=300, le=599)] = 503


def receiver(data: Path, *, port: int, secret: Path) -> Service:
    """The receiver as a service of the stack; `secret` is the file with the `whsec_` secret."""
    options = ("--port", str(port), "--data", data, "--secret", secret)
    return Service(
        name="receiver",
        command=(sys.executable, "-m", "local.receiver", *options),
        ports={"webhooks": port},
    )


def signature_holds(secret: str, identifier: str, timestamp: str, body: bytes, given: str) -> bool:
    """Whether one of the signatures given is that of the secret over id, time and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((identifier.encode(), timestamp.encode(), body))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    versions = (one.partition(",") for one in given.split())
    return any(
        hmac.compare_digest(expected, value.encode())
        for version, _, value in versions
        if version == "v1"
    )


class Inbox(ThreadingHTTPServer):
    """Listens for webhooks and keeps them in a file."""

    daemon_threads = True

    def __init__(self, port: int, file: Path, secret: str) -> None:
        super().__init__((HOST, port), _Handler)
        self.secret = secret
        self.file = file
        self._failing = Failing(times=0)
        self._lock = threading.Lock()

    def fail(self, failing: Failing) -> None:
        """Answer with failures for a while."""
        with self._lock:
            self._failing = failing

    def take(self, identifier: str, body: bytes) -> int:
        """Keep a webhook that is genuine, or fail as told; the status to answer with."""
        with self._lock:
            if self._failing.times:
                self._failing = msgspec.structs.replace(
                    self._failing, times=self._failing.times - 1
                )
                return self._failing.status
            line = {"webhook-id": identifier, "body": json.loads(body)}
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        return 204

    def received(self) -> list[dict[str, object]]:
        """What was kept."""
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Inbox

    def do_POST(self) -> None:
        body = self._body()
        identifier = self.headers.get("webhook-id", "")
        timestamp = self.headers.get("webhook-timestamp", "")
        given = self.headers.get("webhook-signature", "")
        recent = timestamp.isdecimal() and abs(time.time() - int(timestamp)) < TOLERANCE
        secret = self.server.secret
        if not recent or not signature_holds(secret, identifier, timestamp, body, given):
            self._answer(401)
        else:
            self._answer(self.server.take(identifier, body))

    def do_PUT(self) -> None:
        try:
            self.server.fail(msgspec.json.decode(self._body(), type=Failing))
        except msgspec.DecodeError as error:
            self._answer(400, str(error).encode())
        else:
            self._answer(204)

    def do_GET(self) -> None:
        self._answer(200, json.dumps(self.server.received()).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - The base class's name.
        """What arrives is in the file."""

    def _body(self) -> bytes:
        length = self.headers.get("content-length", "0")
        return self.rfile.read(min(int(length), LARGEST) if length.isdecimal() else 0)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    """Receive until told to stop; gives the exit status."""
    parser = argparse.ArgumentParser(prog="local.receiver", description="A webhook receiver.")
    parser.add_argument("--port", type=int, required=True, help="loopback port")
    parser.add_argument("--data", type=Path, required=True, help="folder for received.jsonl")
    parser.add_argument("--secret", type=Path, required=True, help="file with the whsec_ secret")
    arguments = parser.parse_args()
    arguments.data.mkdir(parents=True, exist_ok=True)
    secret = arguments.secret.read_text(encoding="ascii").strip()
    inbox = Inbox(arguments.port, arguments.data / "received.jsonl", secret)
    for number in (signal.SIGTERM, signal.SIGINT):
        # `shutdown` waits for the loop that this handler interrupts.
        signal.signal(number, lambda *_: threading.Thread(target=inbox.shutdown).start())
    print(f"ready http://{HOST}:{inbox.server_port}", flush=True)  # noqa: T201 - The contract with whoever started it.
    inbox.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
