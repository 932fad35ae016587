"""Requests and answers as the server knows them, and an answer as HTTP/1.1 writes it."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from itertools import count
from types import MappingProxyType
from urllib.parse import unquote

import httptools
import orjson
from msgspec import Struct

SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
STATUS_LINES = {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}

DEPLOYMENT = b"azureml-model-deployment"
"""Asks for one deployment, whatever the traffic; and says in an answer which one made it."""


class Request(Struct):
    """One request; its body is there when a handler is called, and not when keys are checked.

    `id` is the server's own name for it, and `name` the client's if it gave one that is fit to be
    repeated. Headers are as they came, by lower-case name; the last one of a name counts. `begun`
    is when its headers were there, by `time.perf_counter`.
    """

    id: str
    name: str
    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    begun: float
    body: bytes = b""

    def header(self, name: bytes) -> str:
        """A header's value, empty if there is none; Latin-1 has a text for any bytes."""
        value = self.headers.get(name)
        return value.decode("latin-1") if value else ""


class Answer(Struct, frozen=True):
    """One answer, with the body that it has; of which deployment, to how many rows, if of any."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    deployment: str = ""
    rows: int = 0


Handler = Callable[[Request], Answer | Awaitable[Answer]]
"""Answers a request, at once if that is quick. Raises Fault."""


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


def read_request(
    method: str, target: bytes, headers: Mapping[bytes, bytes], request_id: str
) -> Request:
    """A request, by what stands above its body. Raises ValueError when the target is no path."""
    path, query = _place(target)
    given = headers.get(b"x-request-id") or headers.get(b"x-ms-client-request-id")
    return Request(
        id=request_id,
        name=request_id if given is None else _sane(given.decode("latin-1"), request_id),
        method=method,
        path=path,
        query=query,
        headers=headers,
        begun=time.perf_counter(),
    )


def written(answer: Answer, request: Request, *, close: bool) -> bytes:
    """An answer's bytes, under the ids that people can ask about."""
    more = "".join([f"{name}: {value}\r\n" for name, value in answer.headers])
    if answer.deployment:
        more += f"{DEPLOYMENT.decode()}: {answer.deployment}\r\n"
    if close:
        more += "connection: close\r\n"
    head = (
        f"HTTP/1.1 {STATUS_LINES[answer.status]}\r\ndate: {_date(int(time.time()))}\r\n"
        f"content-type: {answer.content_type}\r\ncontent-length: {len(answer.body)}\r\n"
        f"x-ms-request-id: {request.id}\r\nx-request-id: {request.name}\r\n{more}\r\n"
    )
    return head.encode() + (b"" if request.method == "HEAD" else answer.body)


@lru_cache(64)
def _place(target: bytes) -> tuple[str, bytes]:
    """The path and the query of a target, which is the same one mostly."""
    url = httptools.parse_url(target)
    path = (url.path or b"/").decode("ascii")
    return unquote(path) if "%" in path else path, url.query or b""


@lru_cache(1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _sane(given: str, otherwise: str) -> str:
    return given if SANE_ID.fullmatch(given) else otherwise
