"""What is said when a connection is closed before there is a request to answer."""

from msgspec import Struct


class Refusal(Struct, frozen=True):
    """Why a connection is closed, with a further header or none."""

    status: bytes
    code: bytes
    message: bytes
    header: bytes = b""

    def written(self) -> bytes:
        """The answer that says so."""
        body = b'{"error_code":"%s","message":"%s"}' % (self.code, self.message)
        return (
            b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"%sconnection: close\r\n\r\n%s"
        ) % (self.status, len(body), self.header, body)


_HEADERS = b"431 Request Header Fields Too Large"

NO_HTTP = Refusal(b"400 Bad Request", b"BAD_REQUEST", b"this is not HTTP/1.1")
TOO_SLOW = Refusal(b"408 Request Timeout", b"TIMEOUT", b"the request was not there in time")
TOO_LARGE = Refusal(b"413 Content Too Large", b"TOO_LARGE", b"the request does not end")
TOO_HASTY = Refusal(b"429 Too Many Requests", b"OVERLOADED", b"wait for answers before asking more")
TOO_LONG = Refusal(_HEADERS, b"TOO_LARGE", b"the headers are too long")
TOO_MUCH = Refusal(_HEADERS, b"TOO_LARGE", b"there are too many headers")
TOO_MANY = Refusal(
    b"503 Service Unavailable",
    b"OVERLOADED",
    b"there are too many connections; try again",
    b"retry-after: 1\r\n",
)
