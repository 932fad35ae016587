"""The least that can be done: an ASGI application that parses, runs the session, and answers.

No key, no check of the rows, no route, no log, no metric: what a careful server costs beyond it is
the price of being careful. `python -m benchmarks.online.bare PORT MODEL`.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import onnxruntime
import orjson
import uvicorn

from benchmarks.online.contender import Contender
from benchmarks.online.model import ONNX

Message = dict[str, Any]


def application(model: str) -> Callable[..., Awaitable[None]]:
    """The application of a model file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name, outputs = session.get_inputs()[0].name, [session.get_outputs()[0].name]
    kind = [(b"content-type", b"application/json")]

    async def answer(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        found = b"{}"
        if scope["method"] == "POST":
            rows = np.array(orjson.loads(body)["input_data"], np.float32)
            found = orjson.dumps(session.run(outputs, {name: rows})[0].tolist())
        headers = [*kind, (b"content-length", str(len(found)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found})

    return answer


BARE = Contender(
    name="bare ASGI",
    command=lambda port: ("-m", "benchmarks.online.bare", str(port), str(ONNX)),
    path="/score",
    body=lambda row: orjson.dumps({"input_data": [row]}),
    label=lambda body: int(orjson.loads(body)[0]),
    ready="/",
)


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2]),
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
