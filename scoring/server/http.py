"""The little of HTTP that the server needs over ASGI: requests, bodies, answers, faults."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from itertools import count
from types import MappingProxyType
from typing import Any

import orjson
from msgspec import Struct

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
DEPLOYMENT = b"azureml-model-deployment"
"""Asks for one deployment, whatever the traffic; and says in an answer which one made it."""


class Request(Struct, frozen=True):
    """One request.

    `id` is the server's own name for it, and `name` the client's if it gave one that is fit to be
    repeated. Headers are as they came, by lower-case name; the last one of a name counts. `begun`
    is when it was there, by `time.perf_counter`.
    """

    id: str
    name: str
    method: str
    path: str
    headers: Mapping[bytes, bytes]
    receive: Receive
    query: bytes = b""
    begun: float = 0.0

    def header(self, name: bytes) -> str:
        """A header's value, empty if there is none; Latin-1 has a text for any bytes."""
        return self.headers.get(name, b"").decode("latin-1")


class Answer(Struct, frozen=True):
    """One answer, with the body that it has; of which deployment, to how many rows, if of any."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    deployment: str = ""
    rows: int = 0


Handler = Callable[[Request], Awaitable[Answer]]


class Fault(Exception):  # noqa: N818 - it is an answer.
    """What is answered instead of a result: a status, a stable code, a sentence, and details."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
        details: Mapping[str, object] = MappingProxyType({}),
        deployment: str = "",
    ) -> None:
        super().__init__(message)
        body = {"error_code": code, "message": message, **details}
        self.answer = Answer(orjson.dumps(body), status, headers, deployment=deployment)


def come_again(code: str, message: str) -> Fault:
    """The fault of a server that cannot answer now, and can soon."""
    return Fault(503, code, message, (("retry-after", "1"),))


def request_ids() -> Iterator[str]:
    """Ids that no other request has, of this process or any other."""
    process = secrets.token_hex(8)
    return (f"{process}-{number:x}" for number in count())


def read_request(scope: Scope, receive: Receive, request_id: str) -> Request:
    """A request as ASGI gives it."""
    headers = dict(scope["headers"])
    given = headers.get(b"x-request-id") or headers.get(b"x-ms-client-request-id")
    return Request(
        id=request_id,
        name=request_id if given is None else _sane(given.decode("latin-1"), request_id),
        method=scope["method"],
        path=scope["path"],
        headers=headers,
        receive=receive,
        query=scope["query_string"],
        begun=time.perf_counter(),
    )


async def send_answer(send: Send, answer: Answer, request: Request) -> None:
    """Send an answer, under the ids that people can ask about."""
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        (b"x-ms-request-id", request.id.encode()),
        (b"x-request-id", request.name.encode()),
    ]
    if answer.deployment:
        headers.append((DEPLOYMENT, answer.deployment.encode()))
    if answer.headers:
        headers += [(name.encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _sane(given: str, otherwise: str) -> str:
    return given if SANE_ID.fullmatch(given) else otherwise
