"""One POST to an address that was checked: nothing follows a redirect, nothing waits for long."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event, Timer
from typing import cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Url

from adapters.webhooks import addresses
from decisions.errors import Rejected, Transient

_MOST_READ = 65_536
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a receiver said; of its body nothing is used."""

    status: int
    headers: Mapping[str, str]


class Transport:
    """Sends webhooks; `tls` holds the authorities that are trusted.

    A connection and a conversation may each take `timeout` seconds.
    """

    def __init__(self, tls: ssl.SSLContext, timeout: float) -> None:
        self._tls = tls
        self._timeout = timeout

    def post(self, url: Url, headers: Mapping[str, str], body: bytes, *, private: bool) -> Answer:
        """Send once. Raises Transient when nobody answers, Rejected when nobody may be asked."""
        try:
            with closing(self._connect(url, private=private)) as connection:
                _check_peer(connection, private=private)
                with _deadline(_socket(connection), self._timeout):
                    return _ask(connection, url, headers, body)
        except (HTTPError, HTTPException, OSError) as error:
            problem = getattr(error, "strerror", None) or type(error).__name__
            raise Transient(f"its receiver did not answer ({problem})") from error

    def _connect(self, url: Url, *, private: bool) -> HTTPConnection:
        """A connection to the first address, or the second if the first is of a dead family."""
        host, port = str(url.host).strip("[]"), url.port or _PORTS[str(url.scheme)]
        *others, last = addresses.resolve(host, port, private=private)[:2]
        for address in others:
            connection = self._connection(url, host, address, port)
            with suppress(HTTPError, OSError):
                connection.connect()
                return connection
            connection.close()
        connection = self._connection(url, host, last, port)
        connection.connect()
        return connection

    def _connection(self, url: Url, host: str, address: str, port: int) -> HTTPConnection:
        if url.scheme == "http":
            return HTTPConnection(address, port, timeout=self._timeout)
        return HTTPSConnection(
            address, port, timeout=self._timeout, server_hostname=host, ssl_context=self._tls
        )


def _check_peer(connection: HTTPConnection, *, private: bool) -> None:
    peer = ipaddress.ip_address(_socket(connection).getpeername()[0])
    if not addresses.allowed(peer, private=private):
        raise Rejected("its connection led to a forbidden address", "forbidden_address")


def _ask(connection: HTTPConnection, url: Url, headers: Mapping[str, str], body: bytes) -> Answer:
    connection.request(
        "POST",
        url.request_uri,
        body,
        {**headers, "Host": str(url.netloc), "Connection": "close"},
        preload_content=False,
    )
    response = connection.getresponse()
    # The status is all that counts; the body is taken, up to a bound, out of courtesy.
    with suppress(HTTPError, HTTPException, OSError):
        response.read(_MOST_READ, decode_content=False)
    return Answer(status=response.status, headers=response.headers)


@contextmanager
def _deadline(connected: socket.socket, timeout: float) -> Iterator[None]:
    """End a conversation that lasts too long as a whole, however alive its single bytes are."""
    expired = Event()
    timer = Timer(timeout, _end, (connected, expired))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    # The end of the stream looks like the end of an answer: half an answer is none.
    if expired.is_set():
        raise TimeoutError


def _end(connected: socket.socket, expired: Event) -> None:
    expired.set()
    # Below TLS on purpose: whoever reads sees the end of the stream and not a broken object.
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _socket(connection: HTTPConnection) -> socket.socket:
    return cast("socket.socket", connection.sock)
