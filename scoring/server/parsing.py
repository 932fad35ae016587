"""Bytes become requests: HTTP/1.1, parsed by `httptools`.

A request is handed on as soon as its headers are there, so that one that is refused for what they
say (a path, a key, a length) is answered before its body comes; and it is told when that has come.
"""

from collections.abc import Callable

import httptools
from msgspec import Struct

from scoring.server.app import App
from scoring.server.http import Answer, Fault, Handler, Request


class Exchange(Struct, eq=False):
    """A request whose headers are there, and who answers it, or what when it is refused already.

    `keeps` says whether the connection outlives it, and `whole` whether its body is there.
    """

    request: Request
    found: Handler | Answer
    keeps: bool
    whole: bool = False


class Parsing:
    """The requests that come over one connection; methods with `on_` are called by the parser.

    `begun` is called with each request whose headers are there, and `moved` with it again when its
    body is there or is refused.
    """

    def __init__(
        self, app: App, begun: Callable[[Exchange], None], moved: Callable[[Exchange], None]
    ) -> None:
        self.coming: Exchange | None = None
        self.in_head = False
        self.fields = 0
        self._app = app
        self._bodies = app.bodies
        self._begun = begun
        self._moved = moved
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._behind = 0  # Bytes of a body that the parser takes for those of another protocol.

    @property
    def partial(self) -> bool:
        """Whether a request has begun to come, and not ended."""
        return self.in_head or self.coming is not None

    def feed(self, piece: bytes) -> None:
        """Parse what came. Raises HttpParserError when it is no HTTP."""
        if self._behind:
            self._feed_behind(piece)
            return
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            # Another protocol was offered, as Java's clients do, and is not taken up: this one goes
            # on behind the offer, with the body first.
            self._parser = httptools.HttpRequestParser(self)
            self._feed_behind(piece[upgrade.args[0] :])

    def drop(self) -> None:
        """Forget the body that is on its way."""
        self._bodies.let_go(self._size)
        self._parts, self._size = [], 0

    def on_message_begin(self) -> None:
        """A request begins."""
        self._url = b""
        self._headers = {}
        self.fields = 0
        self.in_head = True

    def on_url(self, url: bytes) -> None:
        """A part of what stands behind the method."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; those behind a body are counted, and that is all."""
        self.fields += 1
        if self.in_head:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """All but the body is there. What is raised here is HttpParserError for who feeds."""
        self.in_head = False
        parser = self._parser
        request = self._app.request(parser.get_method(), self._url, self._headers)
        keeps = parser.should_keep_alive() and parser.get_http_version() != "1.0"
        if parser.should_upgrade():
            if b"transfer-encoding" in self._headers:
                raise ValueError("a body without a length behind an offer cannot be told from it")
            self._behind = int(self._headers.get(b"content-length", 0))
        self.coming = Exchange(request, self._opened(request), keeps)
        self._begun(self.coming)

    def on_body(self, part: bytes) -> None:
        """A part of the body; when the request is refused already, it is let pass."""
        exchange = self.coming
        if exchange is None or isinstance(exchange.found, Answer):
            return
        try:
            self._bodies.take(self._size, len(part))
        except Fault as fault:
            exchange.found = self._app.refused(exchange.request, fault)
            self.drop()
            self._moved(exchange)
        else:
            self._size += len(part)
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """The request is there as a whole, unless its body is behind an offer."""
        if not self._behind:
            self._end()

    def _end(self) -> None:
        exchange = self.coming
        if exchange is None:
            return
        self.coming = None
        exchange.whole = True
        exchange.request.body = b"".join(self._parts)
        self._parts, self._size = [], 0
        self._moved(exchange)

    def _opened(self, request: Request) -> Handler | Answer:
        try:
            found = self._app.open(request)
            self._bodies.check(int(request.headers.get(b"content-length", 0)))
        except Fault as fault:
            return self._app.refused(request, fault)
        return found

    def _feed_behind(self, piece: bytes) -> None:
        body, rest = piece[: self._behind], piece[self._behind :]
        if body:
            self._behind -= len(body)
            self.on_body(body)
            if not self._behind:
                self._end()
        if rest:
            self.feed(rest)
