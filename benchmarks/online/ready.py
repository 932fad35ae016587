"""How soon a server answers a row, from the start of its process, its model lying on disk."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from benchmarks.environments import ROOT
from benchmarks.measure import Figure, median_of
from benchmarks.online.model import ONNX, sent
from local.ports import HOST, free_ports

_TIMES, _MOST, _PATIENCE = 5, 1.0, 60.0
_PAUSE = 0.002


def figures() -> Iterator[Figure]:
    """Seconds until the first row is answered, from a folder of its own."""
    body = orjson.dumps({"input_data": [sent().rows[0]]})
    with tempfile.TemporaryDirectory(prefix="ratchet-ready-") as folder:
        (Path(folder) / "model.onnx").write_bytes(ONNX.read_bytes())
        seconds = median_of(_TIMES, lambda: _seconds(Path(folder), body))
    yield Figure(
        what="online: seconds from the start to the first answer, model on disk",
        value=f"{seconds:.2f}",
        bound=f"at most {_MOST:.0f}",
        holds=seconds <= _MOST,
    )


def _seconds(folder: Path, body: bytes) -> float:
    (port,) = free_ports(1)
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "RATCHET_ENDPOINT": "bench",
        "AZUREML_MODEL_DIR": str(folder),
        "RATCHET_MODEL_SHA256": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest(),
    }
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "scoring.server"], env=environment) as process:
        try:
            _wait(f"http://{HOST}:{port}/score", body, begun + _PATIENCE)
            return time.perf_counter() - begun
        finally:
            process.kill()


def _wait(url: str, body: bytes, deadline: float) -> None:
    """Ask until a row is answered."""
    with PoolManager(retries=False, timeout=_PATIENCE) as http:
        while time.perf_counter() < deadline:
            try:
                if http.request("POST", url, body=body).status == 200:
                    return
            except HTTPError:
                pass
            time.sleep(_PAUSE)
    raise TimeoutError(f"{url} does not answer")
