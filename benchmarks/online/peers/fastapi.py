"""FastAPI and ONNX Runtime, as its tutorial has it: a pydantic model in, another one out."""

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.online.peers.session import Session

session = Session()
app = FastAPI()


class Rows(BaseModel):
    """What is sent."""

    rows: list[list[float]]


class Labels(BaseModel):
    """What is answered."""

    labels: list[int]


def _on_a_thread(asked: Rows) -> Labels:
    return Labels(labels=session.labels(asked.rows))


async def _on_the_loop(asked: Rows) -> Labels:
    return Labels(labels=session.labels(asked.rows))


@app.get("/health")
async def _health() -> Labels:
    return Labels(labels=[])


if __name__ == "__main__":
    way, port = sys.argv[1:]
    app.post("/score")({"sync": _on_a_thread, "async": _on_the_loop}[way])
    uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", access_log=False)
