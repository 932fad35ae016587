"""Keys: what is shown may be anything, and is looked at before a body is taken."""

import socket

import httpx
import pytest

from tests.scoring.models import regressor
from tests.scoring.server.serving import DEADLINE, ROW, serving_model

SUM = regressor([1.0, 1.0])


def asked(client: httpx.Client, *shown: bytes) -> int:
    headers = [(b"authorization", each) for each in shown]
    return client.post("/score", json=ROW, headers=headers).status_code


@pytest.mark.parametrize(
    "shown",
    [
        (b"Bearer",),
        (b"Bearer  key-1",),
        (b"Bearer key-1x",),
        (b"Bearer key-",),
        (b"Bearer \xff\xfe",),
        (b"Bearer " + "schl\u00fcssel".encode("latin-1"),),
        (b"\xe2\x80\x8bBearer key-1",),
        (b"Bearer " + b"k" * 50_000,),
        (b"key-1",),
        (b"Bearer key-1", b"Bearer wrong"),
    ],
    ids=[
        "no key", "two spaces", "a longer key", "a shorter key", "no text",
        "another encoding", "an invisible character", "a huge key", "no scheme", "two headers",
    ],
)  # fmt: skip
def test_what_is_not_a_key_opens_nothing(shown: tuple[bytes, ...]):
    with serving_model(SUM, keys=("key-1", "schl\u00fcssel")) as client:
        assert asked(client, *shown) == 401
        assert asked(client, b"Bearer key-1") == 200


@pytest.mark.parametrize(
    "shown", ["Bearer key-1", "bearer key-1", "BEARER key-1", "Bearer schl\u00fcssel"]
)
def test_any_key_opens_however_its_scheme_is_written(shown: str):
    with serving_model(SUM, keys=("key-1", "schl\u00fcssel")) as client:
        assert asked(client, shown.encode()) == 200


def test_no_body_is_taken_from_who_shows_no_key():
    with serving_model(SUM, keys=("key-1",)) as client:
        address = ("127.0.0.1", client.base_url.port or 0)
        with socket.create_connection(address, DEADLINE) as connection:
            connection.sendall(
                b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n"
                b"Expect: 100-continue\r\n\r\n"
            )
            assert connection.recv(1000).startswith(b"HTTP/1.1 401")
