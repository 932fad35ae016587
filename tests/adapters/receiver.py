"""A server on loopback that answers what a test wants and keeps what it was sent."""

import json
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    """One answer; a `status` of 0 hangs up without one."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Request:
    """What was sent, and the status that it was answered with."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int = 0

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Answers with the next of `replies`, else as `answer` says; over TLS when given a context."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        answer: Callable[[Request], Reply] = lambda _: Reply(),
    ) -> None:
        self.replies: deque[Reply] = deque()
        self.answer = answer
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https" if tls else "http"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://localhost:{self.port}"

    def reply(self, request: Request) -> Reply:
        """What a request is answered with."""
        return self.replies.popleft() if self.replies else self.answer(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                sent = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, sent, body)
                reply = receiver.reply(request)
                receiver.requests.append(replace(request, status=reply.status))
                if reply.status:
                    self._send(reply)
                else:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - http.server's names.

            def _send(self, reply: Reply) -> None:
                content = b"" if reply.body is None else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if content:
                    self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: Any) -> None:
                """Tests stay quiet."""

        return Handler
