"""The process: `python -m local.eventgrid --port N --data FOLDER --settings FILE.json`.

Prints `ready http://127.0.0.1:PORT` when it serves, and ends with status 0 on SIGTERM or SIGINT.
"""

import argparse
import logging
import sqlite3
import sys
from pathlib import Path

import uvloop

from local.eventgrid.server import serve
from local.eventgrid.settings import load_settings
from local.eventgrid.store import Store


def main() -> int:
    """Serve until told to stop; gives the exit status."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("azure", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = load_settings(arguments.settings)
        arguments.data.mkdir(parents=True, exist_ok=True)
        store = Store(arguments.data / "eventgrid.sqlite3")
    except (ValueError, OSError, sqlite3.Error) as error:
        return _fail(f"cannot start on {arguments.data}: {error}")
    try:
        uvloop.run(serve(settings, store, arguments.data, arguments.port))
    except OSError as error:
        return _fail(f"cannot serve: {error}; try other ports")
    finally:
        store.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.eventgrid", description="Event Grid in miniature.")
    parser.add_argument("--port", type=int, required=True, help="loopback port")
    parser.add_argument("--data", type=Path, required=True, help="folder for what must survive")
    parser.add_argument("--settings", type=Path, required=True, help="JSON file, see settings.py")
    return parser.parse_args()


def _fail(sentence: str) -> int:
    print(f"eventgrid: {sentence}", file=sys.stderr)  # noqa: T201 - For whoever started it.
    return 1


if __name__ == "__main__":
    sys.exit(main())
