"""`python -m scoring.server`: serve one endpoint until SIGTERM, then exit 0.

Settings come from the environment alone; see `scoring.server.settings`.
"""

import gc
import logging
import os
import signal
import sys
from types import FrameType

from scoring.server.opening import open_source
from scoring.server.serving import build, server
from scoring.server.settings import Misconfigured, read_settings

SWITCH_SECONDS = 0.001
"""For how long the log or the loading of a model may hold up a request at a time."""


def main() -> int:
    """Serve; exit 2 with the names of the settings when they are wrong."""
    sys.setswitchinterval(SWITCH_SECONDS)
    _rarely_collect()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # uvicorn, once it has answered all that was inside, raises the signal again for whoever
    # handled it before; this is who.
    signal.signal(signal.SIGTERM, _exit)
    try:
        settings = read_settings(os.environ)  # noqa: TID251 - a program of its own, configured so.
        app = build(open_source(settings), settings)
    except Misconfigured as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    running = server(app, settings)
    running.run()
    return 0 if running.started else 1


def _rarely_collect() -> None:
    """Look for garbage in cycles after many new objects only.

    What a request makes is freed with its answer, since it has no cycles. To search it all along
    makes the parsing of a large body three times as long, which nothing can interrupt.
    """
    gc.set_threshold(50_000, 20, 100)


def _exit(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
