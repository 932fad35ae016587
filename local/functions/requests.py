"""What every door asks of a request: the right key, and a body that is not too large."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from local.functions.keys import Access, Keys

METHODS = ("GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS")
_LARGEST_BODY = 100 * 1024 * 1024  # Bytes; the limit of Azure Functions.


def require(keys: Keys, access: Access, request: Request) -> None:
    """Refuse, with 401, a request whose key does not suffice; it comes as header or parameter."""
    given = request.headers.get("x-functions-key") or request.query_params.get("code")
    if not keys.open(access, given):
        raise HTTPException(401)


async def read_body(request: Request) -> bytes:
    """The body, refused with 413 as soon as it grows too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise HTTPException(413, f"a body may have {_LARGEST_BODY} bytes")
    return bytes(body)
