"""Azurite as a service of the stack: its process, its addresses, its connection string.

Blobs and tables survive restarts below the data folder. The account and its key are the ones that
every storage emulator publishes: they protect nothing, so everything listens on loopback only.
Source: learn.microsoft.com, "Use the Azurite emulator for local Azure Storage development".
"""

from pathlib import Path

from local.azurite.install import AZURITE
from local.npm import install, node
from local.ports import HOST
from local.probes import listens
from local.processes import Service

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

KEEP_ALIVE = "3600"


def azurite(data: Path, *, blob: int, queue: int, table: int) -> Service:
    """Azurite on three loopback ports with its data in a folder, installed if it is not yet.

    The version check is off since Microsoft's clients are often ahead of the emulator. Node keeps
    compiled code beside the installation: that halves the time of the next start.
    """
    home = install(AZURITE)
    data.mkdir(parents=True, exist_ok=True)
    ports = {"blob": blob, "queue": queue, "table": table}
    listen = (part for name, port in ports.items() for part in _listen(name, port))
    # A connection that is closed while a request is on its way looks like an outage to clients.
    patient = ("--blobKeepAliveTimeout", KEEP_ALIVE, "--tableKeepAliveTimeout", KEEP_ALIVE)
    options = ("--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", data)
    return Service(
        name="azurite",
        command=(
            node(),
            home / "node_modules/azurite/dist/src/azurite.js",
            *options,
            *patient,
            *listen,
        ),
        ready=listens(blob, table),
        ports=ports,
        environment={"NODE_COMPILE_CACHE": str(home / "compiled")},
        folder=data,
    )


def connection_string(*, blob: int, queue: int, table: int) -> str:
    """What clients connect with; `blob` may be the port of a proxy in front of Azurite's own."""
    endpoints = {"Blob": blob, "Queue": queue, "Table": table}
    listed = "".join(
        f"{name}Endpoint=http://{HOST}:{port}/{ACCOUNT};" for name, port in endpoints.items()
    )
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{listed}"


def _listen(name: str, port: int) -> tuple[str, ...]:
    return (f"--{name}Host", HOST, f"--{name}Port", str(port))
