"""The process: `python -m local.cloud --data FOLDER --settings FILE.json`.

Prints one line `ready {"resource_manager": "https://127.0.0.1:…", "identity": …, "faults": …,
"ca_bundle": …, "mlflow": …}` when it answers on both ports, and ends with status 0 on SIGTERM or
SIGINT, with every process that ran for a resource.
"""

import argparse
import asyncio
import json
import logging
import signal
import socket
import sqlite3
import sys
from pathlib import Path

import uvicorn
from starlette.concurrency import run_in_threadpool

from local.cloud.certificate import Certificate
from local.cloud.cloud import Cloud
from local.cloud.settings import Settings, load
from local.functions.server import HOST, bind, server

# Seconds for requests that run when the process is told to end; containers have theirs after that,
# and whoever supervises the process should wait for both.
_GRACE = 2


def main() -> int:
    """Serve until told to stop; gives the exit status."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for talkative in ("httpx", "uvicorn.error"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    try:
        settings = load(arguments.settings)
        with bind(settings.tls_port) as tls, bind(settings.port) as plain:
            asyncio.run(_serve(settings, arguments.data, tls, plain))
    except (ValueError, OSError, sqlite3.Error) as error:
        print(f"cloud: {error}", file=sys.stderr)  # noqa: T201 - The contract with whoever started the process.
        return 1
    return 0


async def _serve(
    settings: Settings, folder: Path, tls: socket.socket, plain: socket.socket
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    cloud = Cloud(settings, folder, f"https://{_place(tls)}", f"http://{_place(plain)}")
    with_token, without_token = cloud.applications()
    servers = [
        _over_tls(server(with_token, _GRACE), cloud.certificate),
        server(without_token, _GRACE),
    ]
    serving = [
        asyncio.create_task(one.serve([listening]))
        for one, listening in zip(servers, (tls, plain), strict=True)
    ]
    await run_in_threadpool(cloud.open)
    # Both sockets queue connections already, so that from now on everybody is answered.
    print(f"ready {json.dumps(cloud.addresses)}", flush=True)  # noqa: T201 - As above.
    await stopped.wait()
    for one in servers:
        one.should_exit = True
    await asyncio.gather(*serving)
    await cloud.close()


def _over_tls(plain: uvicorn.Server, certificate: Certificate) -> uvicorn.Server:
    plain.config.ssl_certfile, plain.config.ssl_keyfile = certificate.chain, certificate.key
    return plain


def _place(listening: socket.socket) -> str:
    return f"{HOST}:{listening.getsockname()[1]}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="local.cloud", description="The control plane of Azure in miniature."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder for what must survive")
    parser.add_argument(
        "--settings", type=Path, required=True, help="JSON file, see the module settings"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
