"""Real servers on loopback for the tests of adapters that talk to them."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

_READY_WITHIN = 90.0
_AZURITE = (
    Path(__file__).parents[2] / "local" / "azurite" / "node_modules" / "azurite" / "dist" / "src"
)

# The account and key that Azurite documents for everybody.
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


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
    """Azurite's blob service with its state below `folder`; gives a connection string."""
    port = _free_port()
    node = Path(sys.executable).parent / "node"
    command = [str(node), str(_AZURITE / "blob" / "main.js"), "--silent", "--disableTelemetry"]
    command += ["--skipApiVersionCheck", "--location", str(folder), "--blobPort", str(port)]
    url = f"http://127.0.0.1:{port}/{_ACCOUNT}"
    with _running(command, folder, url):
        yield (
            f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_KEY};"
            f"BlobEndpoint={url};"
        )


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
