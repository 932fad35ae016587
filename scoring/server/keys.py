"""Who may ask: whoever shows one of the endpoint's keys, as Azure ML's endpoints take them."""

import hmac
from collections.abc import Awaitable, Callable

from msgspec import Struct

from scoring.server.http import Answer, Fault, Handler, Request

SCHEME = b"bearer "


class Guarded(Struct, frozen=True):
    """A handler that needs a key, which is checked before the body of a request is taken."""

    check: Callable[[Request], None]
    handler: Handler

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """Answer a request that showed a key."""
        return self.handler(request)


class Keys:
    """The keys that open the endpoint; several are valid at once, so that they can be rotated."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [key.encode() for key in keys]

    def check(self, request: Request) -> None:
        """Raise Fault 401 unless the request shows a key, or no key was set at all."""
        if not self._keys:
            return
        header = request.headers.get(b"authorization", b"")
        shown = header[len(SCHEME) :] if header[: len(SCHEME)].lower() == SCHEME else b""
        # Every key is compared, and in constant time: the time tells nothing about any of them.
        matches = [hmac.compare_digest(shown, key) for key in self._keys]
        if not any(matches):
            sentence = "show a key of this endpoint: Authorization: Bearer <key>"
            raise Fault(401, "UNAUTHORIZED", sentence, (("www-authenticate", "Bearer"),))

    def guarded(self, handler: Handler) -> Handler:
        """The handler, for those alone who show a key."""
        return Guarded(self.check, handler)
