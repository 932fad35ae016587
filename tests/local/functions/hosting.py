"""The host as a real process, on one of the sample apps."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
APPS = Path(__file__).parent / "apps"
MASTER, FUNCTION, SYSTEM = "a-master-key", "a-function-key", "a-system-key"
_DEADLINE = 30.0


@dataclass(frozen=True)
class Hosted:
    """A running host."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    def client(self, key: str | None = None) -> httpx.Client:
        """A client that sends the key with each request."""
        headers = {"x-functions-key": key} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=_DEADLINE)

    @property
    def seen(self) -> list[dict[str, Any]]:
        """What the app wrote down."""
        return seen(self.folder)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        lines = (self.folder / "log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def answers(self) -> bool:
        """Whether it still takes requests."""
        try:
            return httpx.get(f"{self.url}/admin/host/ping").is_success
        except httpx.TransportError:
            return False

    def wait_ready(self) -> str:
        """The next line on stdout, which says where it listens."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def terminate(self) -> int:
        """The status that it ends with after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_DEADLINE)


def seen(folder: Path) -> list[dict[str, Any]]:
    """What the app wrote down; a line that is just being written does not count."""
    path = folder / "seen"
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def start(app: str, folder: Path, **settings: str) -> Hosted:
    """A host on the app that may not be ready yet; its data, log and notes are in the folder."""
    (folder / ".functions").mkdir(parents=True, exist_ok=True)
    values = {"SEEN": str(folder / "seen"), **settings}
    (folder / "settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}))
    keys = {"masterKey": MASTER, "functionKeys": {"default": FUNCTION}}
    system = {"systemKeys": {"eventgrid_extension": SYSTEM}}
    (folder / ".functions" / "keys.json").write_text(json.dumps({**keys, **system}))
    command = [sys.executable, "-m", "local.functions", "--app", str(APPS / app), "--port", "0"]
    command += ["--settings", str(folder / "settings.json")]
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    return Hosted(process, "", folder)


@contextmanager
def hosted(app: str, folder: Path, **settings: str) -> Iterator[Hosted]:
    """A ready host on the app; killed at the end, if it still runs."""
    host = start(app, folder, **settings)
    with host.process as process:
        try:
            ready = host.wait_ready()
            assert ready.startswith("ready http://127.0.0.1:"), (folder / "log").read_text()
            yield Hosted(process, ready.removeprefix("ready ").strip(), folder)
        finally:
            process.kill()


def eventually(look: Callable[[], T], enough: Callable[[T], bool] = bool) -> T:
    """What is seen as soon as it is enough; an assertion fails when that takes too long."""
    deadline = time.monotonic() + _DEADLINE
    while not enough(found := look()):
        assert time.monotonic() < deadline, f"still {found!r} after {_DEADLINE} s"
        time.sleep(0.02)
    return found
