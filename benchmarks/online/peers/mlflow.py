"""`mlflow models serve` of an MLflow folder, with the model as ONNX or as scikit-learn's.

`python -m benchmarks.online.peers.mlflow FLAVOR PORT` writes the folder and becomes the command.
"""

import os
import pickle
import shutil
import sys
from pathlib import Path

import mlflow
import onnx

from benchmarks.online.model import ONNX, PICKLE
from local.ports import HOST

_ONE_THREAD = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}


def _saved(flavor: str) -> str:
    folder = Path(sys.prefix) / f"{flavor}-model"  # Of this environment: another one may serve.
    shutil.rmtree(folder, ignore_errors=True)
    if flavor == "onnx":
        saved = onnx.load(ONNX)
        mlflow.onnx.save_model(saved, folder, pip_requirements=[], onnx_session_options=_ONE_THREAD)
    else:
        classifier = pickle.loads(PICKLE.read_bytes())  # noqa: S301 - we wrote it ourselves.
        mlflow.sklearn.save_model(classifier, folder, pip_requirements=[])
    return str(folder)


def _become(folder: str, port: str) -> None:
    """The command as a user gives it; it finds uvicorn on the path, which logs no access here."""
    binaries = Path(sys.executable).parent
    command = [str(binaries / "mlflow"), "models", "serve", "--model-uri", folder]
    command += ["--host", HOST, "--port", port, "--workers", "1", "--env-manager", "local"]
    environment = {"PATH": f"{binaries}:/usr/bin:/bin", "UVICORN_ACCESS_LOG": "0"}
    os.execve(command[0], command, environment)  # noqa: S606 - as a user starts it.


if __name__ == "__main__":
    _become(_saved(sys.argv[1]), sys.argv[2])
