"""Granian's own interface RSGI, orjson and ONNX Runtime: the least of Python that can be."""

import sys

import orjson
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.rsgi import HTTPProtocol, Scope

from benchmarks.online.peers.session import Session

_JSON = [("content-type", "application/json")]
session = Session()


async def app(_scope: Scope, protocol: HTTPProtocol) -> None:
    """Answer whatever comes, under any path."""
    body = await protocol()
    if not body:  # Whoever looks whether it is there.
        protocol.response_empty(200, [])
        return
    labels = session.labels(orjson.loads(body)["rows"])
    protocol.response_bytes(200, _JSON, orjson.dumps({"labels": labels}))


if __name__ == "__main__":
    Granian(
        "benchmarks.online.peers.granian:app",
        port=int(sys.argv[1]),
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        websockets=False,
    ).serve()
