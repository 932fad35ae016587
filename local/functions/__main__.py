"""The process: `python -m local.functions --app FOLDER --port N --settings FILE.json`.

Prints `ready http://127.0.0.1:PORT` when it listens and every trigger receives, and ends with
status 0 on SIGTERM or SIGINT, after what runs has finished. A function that overruns
`functionTimeout` in a thread cannot be stopped; the process then replaces itself, as the real host
does with its worker.
"""

import argparse
import asyncio
import faulthandler
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from local.functions.host import Host
from local.functions.invocation import Invoker
from local.functions.keys import load_or_create_keys
from local.functions.logs import log_to_stderr
from local.functions.server import HOST, bind, server
from local.functions.settings import load_host_settings, load_local_settings, timeout_seconds
from local.functions.site import site

_GRACE = 30  # Seconds for what runs when the process is told to end.


class _End:
    """Why the process ends: a signal, or an overrun after which it begins anew."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.anew = False

    def by_signal(self) -> None:
        """End for good."""
        self.anew = False
        self.told.set()

    def by_overrun(self) -> None:
        """Begin anew, unless the end has been told already."""
        self.anew = not self.told.is_set()
        self.told.set()


def main() -> None:
    """Serve until told to end. The end is hard: no thread may hold the process."""
    arguments = _arguments()
    log_to_stderr()
    faulthandler.enable()  # Should native code die, the log says in what.
    try:
        listening = bind(arguments.port)
        port = listening.getsockname()[1]
        anew = asyncio.run(_serve(arguments, listening))
    except (ValueError, OSError) as error:
        sys.exit(f"functions: {error}")
    logging.shutdown()
    sys.stdout.flush()
    if anew:
        command = [sys.executable, *sys.orig_argv[1:], "--port", str(port)]
        os.execv(sys.executable, command)  # noqa: S606 - The command that started this process.
    os._exit(0)


async def _serve(arguments: argparse.Namespace, listening: socket.socket) -> bool:
    """Serve until told to end; whether to begin anew."""
    end = _End()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.by_signal)
    host = _host(arguments, end)
    serving = server(site(host), _GRACE)
    async with asyncio.TaskGroup() as group:
        group.create_task(serving.serve([listening]))
        starting = group.create_task(_announce(host, listening.getsockname()[1]))
        await end.told.wait()
        starting.cancel()
        serving.should_exit = True
        await host.stop(_GRACE)
    return end.anew


async def _announce(host: Host, port: int) -> None:
    await host.start()
    print(f"ready http://{HOST}:{port}", flush=True)  # noqa: T201 - The contract with whoever started the process.


def _host(arguments: argparse.Namespace, end: _End) -> Host:
    folder = arguments.app.resolve()
    settings = load_local_settings(arguments.settings).values
    host_settings = load_host_settings(folder / "host.json")
    data = arguments.data or arguments.settings.parent / ".functions"
    keys = load_or_create_keys(arguments.keys or data / "keys.json")
    threads = int(settings.get("PYTHON_THREADPOOL_THREAD_COUNT", 0)) or None
    invoker = Invoker(folder, timeout_seconds(host_settings), threads, end.by_overrun)
    os.environ.update(settings)  # noqa: TID251 - Settings become the app's environment: the host's task.
    host = Host(folder, data, settings, host_settings, keys, invoker)
    host.index()
    return host


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.functions", description="Functions in miniature.")
    parser.add_argument("--app", type=Path, required=True, help="folder of function_app.py")
    parser.add_argument("--port", type=int, required=True, help="loopback port; 0 takes a free one")
    parser.add_argument("--settings", type=Path, required=True, help="a local.settings.json")
    parser.add_argument(
        "--data", type=Path, help="folder for what must survive; by default beside the settings"
    )
    parser.add_argument("--keys", type=Path, help="key file; by default made up in the data folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()
