"""The bare front of an ARM over TLS, with a workspace behind it."""

import json
import ssl
import threading
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
