"""The real servers that the workspace's tests stand on: Azurite, and an ARM over TLS."""

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import trustme

from local.cloud import arm
from local.cloud.arm import Answer
from local.cloud.errors import Refused
from local.cloud.ids import parse
from local.cloud.workspace.provider import Workspace

AZURITE = Path(__file__).parents[3] / "local/azurite/node_modules/azurite/dist/src/blob/main.js"

# The account and key that Azurite documents for everybody.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@contextmanager
def azurite(folder: Path) -> Iterator[str]:
    """Run Azurite's blob service; gives a connection string."""
    port = _free_port()
    command = [str(Path(sys.executable).parent / "node"), str(AZURITE), "--silent"]
    command += ["--skipApiVersionCheck", "--disableTelemetry", "--location", str(folder)]
    with (folder / "azurite.log").open("wb") as log:
        process = subprocess.Popen([*command, "--blobPort", str(port)], stdout=log, stderr=log)
    try:
        _wait(port, process)
        yield (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
        )
    finally:
        process.terminate()
        process.wait(20)


class Arm:
    """The bare front of an ARM that knows one workspace, replaced as after a restart."""

    def __init__(self) -> None:
        self.workspace: Workspace | None = None
        self.put: list[tuple[str, dict[str, Any]]] = []

    def reply(self, method: str, url: str, content: bytes) -> tuple[int, bytes]:
        path, _, query = url.partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        try:
            answer = self.ask(method, path, asked, json.loads(content or b"{}"))
        except Refused as refused:
            return refused.status, json.dumps(refused.body).encode()
        return answer.status, json.dumps(answer.body).encode()

    def ask(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Answer:
        resource, action = parse(path, action=method == "POST")
        if method == "PUT":
            self.put.append(("/".join(resource.types), body))
        assert self.workspace is not None
        return self.workspace.answer(
            arm.Request(
                method=method, id=resource, action=action, query=query, body=body, principal="me"
            )
        )


@contextmanager
def served(front: Arm, folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve it on loopback over TLS; gives its address and the certificate to trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = front.reply(self.command, self.path, content)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 - Named by http.server.

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}", folder / "ca.pem"
    server.shutdown()
    server.server_close()
    thread.join()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing came up on port {port}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
