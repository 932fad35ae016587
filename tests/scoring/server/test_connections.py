"""Connections are bounded: their number, and the time and the bytes that a request may take."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from scoring.server.connections import Patience
from tests.scoring.models import regressor, slow
from tests.scoring.server.serving import DEADLINE, ROW, serving_model

SUM = regressor([1.0, 1.0])
HEAD = b"POST /score HTTP/1.1\r\nHost: x\r\n"
BODY = json.dumps(ROW).encode()
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def connected(client: httpx.Client) -> Iterator[socket.socket]:
    address = ("127.0.0.1", client.base_url.port or 0)
    with socket.create_connection(address, DEADLINE) as connection:
        yield connection


def until_closed(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    received = b""
    try:
        while part := connection.recv(1 << 16):
            received += part
    except ConnectionResetError:  # It was closed while we were still sending.
        pass
    return received


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /sco", HEAD, HEAD + b"Content-Length: 9\r\n\r\n{", HEALTH + b"GET"],
    ids=["nothing", "half a line", "half a head", "half a body", "half a second request"],
)
def test_a_request_that_does_not_come_in_time_is_given_up(sent: bytes):
    with serving_model(SUM, patience=Patience(seconds=0.2)) as client, connected(client) as one:
        one.sendall(sent)
        received = until_closed(one)
    answers = [b"HTTP/1.1 " + each for each in received.split(b"HTTP/1.1 ")[1:]]
    assert answers[-1].startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nconnection: close\r\n" in answers[-1]
    assert json.loads(answers[-1].partition(b"\r\n\r\n")[2])["error_code"] == "TIMEOUT"
    assert len(answers) == (2 if HEALTH in sent else 1)


def test_a_connection_that_is_only_idle_is_kept():
    with (
        serving_model(SUM, patience=Patience(seconds=0.2)) as client,
        connected(client) as hurried,
        connected(client) as idle,
    ):
        idle.sendall(HEALTH)
        assert idle.recv(1000).startswith(b"HTTP/1.1 200")
        hurried.sendall(b"G")
        assert until_closed(hurried)
        idle.sendall(HEALTH)
        assert idle.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_slow_answer_is_no_slow_request():
    with serving_model(slow(50_000), patience=Patience(seconds=0.05)) as client:
        assert client.post("/score", json=ROW).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HEAD + b"x: " + b"y" * 100_000, b"431"),
        (HEAD + b"x: y\r\n" * 200, b"431"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n" + b"x: y\r\n" * 200, b"431"),
        (HEAD + b"Content-Length: 300000\r\n\r\n" + b" " * 290_000, b"413"),
    ],
    ids=["long head", "many headers", "many trailers", "much in all"],
)
def test_what_is_sent_beyond_the_bounds_is_cut_off(sent: bytes, status: bytes):
    with (
        serving_model(SUM, patience=Patience(whole=200_000)) as client,
        connected(client) as one,
    ):
        one.sendall(sent)
        received = until_closed(one)
        assert client.post("/score", json=ROW).status_code == 200
    assert received == b"" or b"HTTP/1.1 " + status in received


def test_the_rest_of_a_refused_body_is_not_taken_for_ever():
    with (
        serving_model(SUM, patience=Patience(whole=200_000)) as client,
        connected(client) as one,
    ):
        one.sendall(HEAD + b"Content-Length: 99000000\r\n\r\n")
        assert one.recv(1000).startswith(b"HTTP/1.1 413")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            one.sendall(bytes(50_000_000))


def test_beyond_the_bound_connections_are_sent_away():
    with (
        serving_model(SUM, patience=Patience(connections=3)) as client,
        connected(client) as first,
        connected(client) as second,
    ):
        for one in (first, second):
            one.sendall(HEALTH)
            assert one.recv(1000).startswith(b"HTTP/1.1 200")
        with connected(client) as third:
            refused = until_closed(third)
        assert client.get("/healthz").status_code == 200
    assert refused.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 1\r\n" in refused


def test_many_requests_ahead_are_not_taken():
    with serving_model(slow(20_000)) as client, connected(client) as one:
        one.sendall((HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY) * 50)
        assert until_closed(one) == b""  # The first answer is still to come; no other is said.
        assert client.post("/score", json=ROW).status_code == 200


def test_some_requests_ahead_are_answered_in_order():
    with serving_model(SUM) as client, connected(client) as one:
        for number in range(10):
            body = json.dumps({"data": [[number, 0]]}).encode()
            one.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        received = b""
        while received.count(b".0]") < 10:
            received += one.recv(1 << 16)
    bodies = [each.partition(b"\r\n\r\n")[2] for each in received.split(b"HTTP/")[1:]]
    assert bodies == [b"[%d.0]" % number for number in range(10)]


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [b"405"]),
        (b"GET /healthz HTTP/1.0\r\n\r\n", [b"200"]),
        (HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\nwhatever"), [b"200"]),
        (HEALTH.replace(b"GET", b"CONNECT").replace(b"/healthz", b"x:443"), [b"400"]),
        (b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [b"200"]),
        (b"GET /health%7A HTTP/1.1\r\nConnection: close\r\n\r\n", [b"200"]),
        (b"GET \xff HTTP/1.1\r\n\r\n", [b"400"]),
        (b"nonsense\r\n\r\n", [b"400"]),
        (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", [b"400"]),
        (
            HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n",
            [b"400"],
        ),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", [b"400"]),
    ],
    ids=[
        "HEAD",
        "HTTP/1.0",
        "bytes behind the last request",
        "CONNECT",
        "a whole URL",
        "an escaped path",
        "no ASCII",
        "no HTTP",
        "two framings",
        "an offer with a body of unknown length",
        "two lengths",
    ],
)
def test_unusual_requests_are_answered(sent: bytes, answers: list[bytes]):
    with serving_model(SUM, patience=Patience(seconds=0.2)) as client, connected(client) as one:
        one.sendall(sent)
        received = until_closed(one)
        assert client.get("/healthz").status_code == 200
    assert [each[:3] for each in received.split(b"HTTP/1.1 ")[1:]] == answers
    if sent.startswith(b"HEAD"):
        assert received.endswith(b"\r\n\r\n")


def test_an_offer_of_another_protocol_is_passed_over():
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
    head = HEAD + offer + b"Content-Length: %d\r\n\r\n" % len(BODY)
    with serving_model(SUM) as client, connected(client) as one:
        one.sendall(HEALTH.replace(b"\r\n\r\n", b"\r\n" + offer + b"\r\n"))
        assert one.recv(1000).startswith(b"HTTP/1.1 200")
        for sent in (head + BODY, head + BODY + HEALTH[:9]):
            one.sendall(sent)
            assert one.recv(1000).endswith(b"\r\n\r\n[0.0]")
        one.sendall(HEALTH[9:])
        assert one.recv(1000).startswith(b"HTTP/1.1 200")
        one.sendall(head + BODY[:5])
        assert client.get("/healthz").status_code == 200  # The rest comes in another piece.
        one.sendall(BODY[5:])
        assert one.recv(1000).endswith(b"\r\n\r\n[0.0]")


def test_who_is_refused_while_sending_reads_why():
    head = HEAD + b"Connection: close\r\nContent-Length: 9000000\r\n\r\n"
    with serving_model(SUM) as client, connected(client) as one:
        one.sendall(head + bytes(9_000_000))
        received = b"".join(iter(lambda: one.recv(1 << 16), b""))
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in received
