"""Real servers on loopback for the tests of adapters that talk to them."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from local.azurite import server
from local.ports import free_ports
from local.processes import Service, Supervisor
from local.servicebus.amqp import sas

_READY_WITHIN = 90.0
_UNIQUE = {"requiresDuplicateDetection": True}
_QUEUES: dict[str, dict[str, object]] = {
    "events": {"maxDeliveryCount": 1},
    "lanes": {**_UNIQUE, "requiresSession": True, "maxDeliveryCount": 1},
    "work": {**_UNIQUE, "maxDeliveryCount": 1},
    "parked": {},
}


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """An MLflow server that keeps its state below `folder`; gives its address."""
    port = _free_port()
    command = ["/usr/bin/env", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false"]
    command += [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]
    command += ["--port", str(port), "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    url = f"http://127.0.0.1:{port}"
    with _running(command, folder, f"{url}/health"):
        yield url


@contextmanager
def azurite(folder: Path) -> Iterator[str]:
    """Azurite with its blobs and tables below `folder`; gives a connection string."""
    blob, queue, table = free_ports(3)
    with Supervisor(folder / "logs") as processes:
        processes.start(server.azurite(folder / "data", blob=blob, queue=queue, table=table))
        yield server.connection_string(blob=blob, queue=queue, table=table)


class Bus:
    """A Service Bus with Ratchet's queues, empty at first; what it holds survives a restart."""

    def __init__(self, folder: Path, processes: Supervisor) -> None:
        queues = [{"name": name, "properties": settings} for name, settings in _QUEUES.items()]
        (folder / "queues.json").write_text(json.dumps({"queues": queues}))
        [self._port] = free_ports(1)
        self._folder, self._processes = folder, processes
        self.connection = sas.connection_string(self._port)

    def start(self) -> None:
        """Start it, on the same port every time."""
        command = [sys.executable, "-m", "local.servicebus", "--port", str(self._port)]
        command += ["--data", str(self._folder / "data")]
        command += ["--queues", str(self._folder / "queues.json")]
        self._processes.start(Service(name="servicebus", command=command))

    def kill(self) -> None:
        """End it as a crash would."""
        self._processes.kill("servicebus")


@contextmanager
def service_bus(folder: Path) -> Iterator[Bus]:
    """A running Service Bus with its state below `folder`."""
    with Supervisor(folder / "logs") as processes:
        bus = Bus(folder, processes)
        bus.start()
        yield bus


@contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Run a server until the block ends, which begins once it answers at `url`."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    try:
        _wait(url, process, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=1):  # noqa: S310 - Loopback, by our own hand.
                return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
