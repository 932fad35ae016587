"""The process: `python -m local.servicebus --port N --data FOLDER --queues FILE.json`.

Prints `ready amqp://127.0.0.1:PORT` when it accepts connections, and ends with status 0 on SIGTERM
or SIGINT. Clients connect with
`local.servicebus.amqp.sas.connection_string(port)`.
"""

import argparse
import asyncio
import logging
import signal
import sqlite3
import sys
from pathlib import Path

from local.servicebus.amqp.server import HOST, listen
from local.servicebus.broker import Broker
from local.servicebus.settings import load_queues
from local.servicebus.store import Store


def main() -> int:
    """Serve until told to stop; gives the exit status."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        queues = load_queues(arguments.queues)
        arguments.data.mkdir(parents=True, exist_ok=True)
        store = Store(arguments.data / "servicebus.sqlite3")
    except (ValueError, OSError) as error:
        return _fail(str(error))
    except sqlite3.Error as error:
        return _fail(f"cannot use the data in {arguments.data}: {error}; is another process on it?")
    try:
        asyncio.run(_serve(Broker(queues, store), arguments.port))
    except OSError as error:
        return _fail(
            f"cannot listen on {HOST}:{arguments.port}: {error.strerror}; try another port"
        )
    finally:
        store.close()
    return 0


async def _serve(broker: Broker, port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = await listen(broker, port)
    print(f"ready amqp://{HOST}:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201 - The contract with whoever started the process.
    await stopped.wait()
    server.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="local.servicebus", description="Service Bus in miniature."
    )
    parser.add_argument("--port", type=int, required=True, help="loopback port; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for what must survive")
    parser.add_argument("--queues", type=Path, required=True, help="JSON file with the queues")
    return parser.parse_args()


def _fail(sentence: str) -> int:
    print(f"servicebus: {sentence}", file=sys.stderr)  # noqa: T201 - As above.
    return 1


if __name__ == "__main__":
    sys.exit(main())
