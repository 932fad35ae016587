"""Who may ask: whoever shows one of the endpoint's keys, as Azure ML's endpoints take them."""

import hmac
from collections.abc import Callable

from msgspec import Struct

from scoring.server.http import Fault, Handler, Request

SCHEME = b"bearer "


class Guarded(Struct, frozen=True):
    """A handler that needs a key, for which `check` looks before the body of a request is taken."""

    check: Callable[[Request], None]
    handler: Handler


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
        matches = 0
        for key in self._keys:
            matches += hmac.compare_digest(shown, key)
        if not matches:
            sentence = "show a key of this endpoint: Authorization: Bearer <key>"
            raise Fault(401, "UNAUTHORIZED", sentence, (("www-authenticate", "Bearer"),))

    def guarded(self, handler: Handler) -> Guarded:
        """The handler, for those alone who show a key."""
        return Guarded(self.check, handler)
