"""`python -m local up` keeps a miniature Azure running until Ctrl-C; `down` ends one."""

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from local.npm import InstallError
from local.processes import ProcessError
from local.stack import Stack, end

CHECK_EVERY = 0.5


def main() -> int:
    """Do what was asked for; exit 1 with one sentence when it cannot be done."""
    arguments = _arguments()
    try:
        if arguments.command == "down":
            _say("Ended." if end(arguments.data) else f"No stack runs in {arguments.data}.")
        else:
            _up(arguments.data, arguments.config, arguments.hosts)
    except (ProcessError, InstallError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        _say("Ended.")
    return 0


def _up(folder: Path, config: Path, hosts: int) -> None:
    """Run until interrupted. Raises ProcessError when a process cannot start or ends by itself."""
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    with Stack(folder, config, hosts=hosts) as stack:
        for name, url in stack.urls.items():
            _say(f"  {name:18}{url}")
        _say(f"Up after {time.monotonic() - began:.1f} s. Settings: {stack.settings_file}")
        while True:
            stack.check()
            time.sleep(CHECK_EVERY)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start everything and keep it running")
    up.add_argument("--config", type=Path, required=True, help="the app's ratchet.yaml")
    up.add_argument("--hosts", type=int, default=1, help="how many Functions hosts")
    down = commands.add_parser("down", help="end a running stack")
    for command in (up, down):
        command.add_argument("--data", type=Path, required=True, help="folder for all state")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
