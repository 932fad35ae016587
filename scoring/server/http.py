"""The little of HTTP that the server needs over ASGI: requests, bodies, answers, faults."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import orjson
from msgspec import Struct

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")

PATIENCE = 30.0
"""Seconds within which a request's body has to be there: a slow sender must not hold a place."""


class Request(Struct, frozen=True):
    """One request; `id` is the server's own name for it."""

    id: str
    method: str
    path: str
    headers: Mapping[str, str]
    receive: Receive
    query: bytes = b""

    @property
    def name(self) -> str:
        """The client's name for it if it gave one that is fit to be repeated, else the server's."""
        given = self.headers.get("x-request-id", "")
        return given if SANE_ID.fullmatch(given) else self.id


class Answer(Struct, frozen=True):
    """One answer, with the body that it has."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


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
    ) -> None:
        super().__init__(message)
        body = {"error_code": code, "message": message, **details}
        self.answer = Answer(orjson.dumps(body), status, headers)


async def read_body(request: Request, limit: int, patience: float = PATIENCE) -> bytes:
    """The body. Raises Fault when it is larger than `limit` bytes, or does not come in time."""
    too_large = Fault(413, "TOO_LARGE", f"the body has more than {limit:,} bytes; send fewer rows")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(patience):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise Fault(400, "BAD_REQUEST", "the client went away")
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise too_large
                parts.append(part)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        sentence = f"the body was not there within {patience:g} s"
        raise Fault(408, "TIMEOUT", sentence) from None


def read_headers(scope: Scope) -> Mapping[str, str]:
    """The request's headers by lower-case name; ASGI gives them as Latin-1 bytes."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def send_answer(send: Send, answer: Answer, request: Request) -> None:
    """Send an answer, under the ids that people can ask about."""
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-ms-request-id", request.id.encode()),
        (b"x-request-id", request.name.encode()),
        *((name.encode(), value.encode()) for name, value in answer.headers),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
