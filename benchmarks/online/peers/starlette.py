"""Starlette, orjson and ONNX Runtime on uvicorn: what a careful engineer would write by hand."""

import sys

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.online.peers.session import Session

session = Session()


async def _score(request: Request) -> Response:
    labels = session.labels(orjson.loads(await request.body())["rows"])
    return Response(orjson.dumps({"labels": labels}), media_type="application/json")


async def _health(_request: Request) -> Response:
    return Response()


if __name__ == "__main__":
    app = Starlette(routes=[Route("/score", _score, methods=["POST"]), Route("/health", _health)])
    port = int(sys.argv[1])
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False)
