"""The peers: each at its fastest as it is installed, and beside that ways that were slower.

None logs what it is asked or what it answers, none asks for a key, and the logs of accesses are
off. What each does beside answering is told with it. The fastest of them is Granian, whose HTTP is
written in Rust: it does a little better than the bare ASGI application, and ours about half of it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.online.contender import Contender
from local.ports import HOST

_RUNTIME = ("numpy==2.4.6", "onnxruntime==1.31.1")
_UVICORN = ("uvicorn==0.54.0", "uvloop==0.23.0", "httptools==0.9.0")
_GRANIAN = ("granian==2.8.7", "orjson==3.13.0", "uvloop==0.23.0", *_RUNTIME)
_STARLETTE = ("starlette==1.10.0", "orjson==3.13.0", *_UVICORN, *_RUNTIME)
_FASTAPI = ("fastapi==0.165.0", "pydantic==2.14.3", *_UVICORN, *_RUNTIME)
_BENTOML = ("bentoml==1.4.39", *_RUNTIME)
_MLSERVER = (
    "mlserver==1.7.1",
    "mlserver-sklearn==1.7.1",
    "numpy==2.4.6",
    "scikit-learn==1.9.1",
    "uvloop==0.21.0",  # Later ones make no loop where its other process asks for one.
)
_MLFLOW = ("mlflow==3.17.2", "onnx==1.23.2", "scikit-learn==1.9.1", *_RUNTIME, "uvicorn==0.54.0")
_QUICK_MLFLOW = (*_MLFLOW, *_UVICORN)  # What uvicorn uses where it is there; MLflow brings neither.


@dataclass(frozen=True)
class Peer:
    """A server, what it does beside answering, and how many times its rate ours has to reach."""

    contender: Contender
    beside: str
    bound: float | None = None


def _program(module: str, *arguments: str) -> Callable[[int], Sequence[str]]:
    """The command of a program here, which takes the port last."""
    command = ("-m", f"benchmarks.online.peers.{module}", *arguments)
    return lambda port: (*command, str(port))


def _application(
    name: str, command: Callable[[int], Sequence[str]], needs: tuple[str, ...]
) -> Contender:
    """An application of one's own around a peer's library."""
    return Contender(
        name=name,
        command=command,
        path="/score",
        body=lambda row: _json({"rows": [row]}),
        label=lambda body: int(json.loads(body)["labels"][0]),
        ready="/health",
        needs=needs,
    )


def _bentoml() -> Contender:
    return Contender(
        name="BentoML 1.4.39",
        command=lambda port: (
            *("-m", "bentoml", "serve", "benchmarks.online.peers.bentoml:Classifier"),
            *("--host", HOST, "--port", str(port)),
        ),
        path="/score",
        body=lambda row: _json({"rows": [row]}),
        label=lambda body: int(json.loads(body)[0]),
        ready="/readyz",
        needs=_BENTOML,
        environment={
            "BENTOML_DO_NOT_TRACK": "True",
            "BENTOML_CONFIG_OPTIONS": "services.logging.access.enabled=false",
        },
    )


def _mlserver(name: str, processes: int) -> Contender:
    """The Open Inference Protocol; `processes` beside the one that answers."""
    return Contender(
        name=name,
        command=_program("mlserver", str(processes)),
        path="/v2/models/model/infer",
        body=lambda row: _json(
            {"inputs": [{"name": "rows", "shape": [1, len(row)], "datatype": "FP32", "data": row}]}
        ),
        label=lambda body: int(json.loads(body)["outputs"][0]["data"][0]),
        ready="/v2/health/ready",
        needs=_MLSERVER,
    )


def _mlflow(name: str, flavor: str, needs: tuple[str, ...] = _MLFLOW) -> Contender:
    """MLflow's protocol; rows as `inputs` were the fastest of its forms for ONNX."""
    return Contender(
        name=name,
        command=_program("mlflow", flavor),
        path="/invocations",
        body=lambda row: _json({"inputs": [row]}),
        label=lambda body: _predicted(json.loads(body)["predictions"]),
        ready="/ping",
        needs=needs,
    )


def _predicted(predictions: Any) -> int:
    """The label: scikit-learn predicts it alone, ONNX every output by its name."""
    labels = predictions["label"] if isinstance(predictions, dict) else predictions
    return int(labels[0])


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


PEERS = (
    Peer(_mlserver("MLServer 1.7.1", 0), "checks the form, counts for Prometheus", 7),
    Peer(_mlflow("mlflow models serve 3.17.2", "onnx"), "checks the form", 10),
    Peer(
        _mlflow("mlflow models serve 3.17.2 and uvloop", "onnx", _QUICK_MLFLOW), "checks the form"
    ),
    Peer(
        _application("FastAPI 0.165.0 with ONNX Runtime", _program("fastapi", "async"), _FASTAPI),
        "checks the form",
        2.5,
    ),
    Peer(_bentoml(), "checks the form, counts for Prometheus"),
    Peer(
        _application("Starlette 1.10.0 with orjson", _program("starlette"), _STARLETTE),
        "checks nothing",
    ),
    Peer(
        _application("Granian 2.8.7, RSGI with orjson", _program("granian"), _GRANIAN),
        "checks nothing",
    ),
)

OTHER_WAYS = (
    Peer(
        _mlserver("MLServer 1.7.1, a process beside", 1), "checks the form, counts for Prometheus"
    ),
    Peer(_mlflow("mlflow models serve 3.17.2, scikit-learn", "sklearn"), "checks the form"),
    Peer(
        _application("FastAPI 0.165.0, on threads", _program("fastapi", "sync"), _FASTAPI),
        "checks the form",
    ),
)
