"""The real servers that the workspace's tests stand on: Azurite, and an ARM over TLS."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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
        self.bodies: list[tuple[str, dict[str, Any]]] = []

    async def serve(self, request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(
            self.reply,
            request.method,
            request.url.path,
            dict(request.query_params),
            json.loads(content) if content else {},
        )

    def reply(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any]
    ) -> JSONResponse:
        try:
            answer = self.ask(method, path, query, body)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)
        return JSONResponse(answer.body, answer.status)

    def ask(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Answer:
        resource, action = parse(path, action=method == "POST")
        self.bodies.append((f"{method} {resource.types[-1]}", body))
        assert self.workspace is not None
        return self.workspace.answer(
            arm.Request(
                method=method, id=resource, action=action, query=query, body=body, principal="me"
            )
        )


@contextmanager
def served(front: Arm, folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve it on loopback; gives its address and the certificate to trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    chain = authority.issue_cert("localhost").private_key_and_cert_chain_pem
    chain.write_to_path(folder / "server.pem")
    port = _free_port()
    app = Starlette(
        routes=[Route("/{path:path}", front.serve, methods=["GET", "PUT", "POST", "DELETE"])]
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=port, ssl_certfile=folder / "server.pem", log_level="error", ws="none"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait(port, None)
        yield f"https://localhost:{port}", folder / "ca.pem"
    finally:
        # Clients keep their connections; waiting for them to go would take half a minute.
        server.should_exit = server.force_exit = True
        thread.join()


def _wait(port: int, process: subprocess.Popen[bytes] | None) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (process is None or process.poll() is None):
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
