"""A headless Chromium, driven through its DevTools protocol over two pipes.

Source: chromedevtools.github.io/devtools-protocol, and `--remote-debugging-pipe` of Chromium: JSON
messages that end with a zero byte, read by the browser from descriptor 3 and written to 4.
"""

import fcntl
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from itertools import count
from pathlib import Path
from typing import Any

from local import npm
from local.npm import Package

CHROMIUM = Package(
    name="Chromium",
    source=Path(__file__).parent / "chromium",
    definition=("package.json", "package-lock.json", "unpack.mjs", "fonts.conf"),
    cache=npm.CACHE / "chromium",
    finish="unpack.mjs",
)
INSTALLED = (
    "chromium",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Without a sandbox, since containers have none to give; it reads nothing but our own pages.
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-zygote",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class Browser:
    """One page in a browser of its own; everything that it complained of or asked for is kept."""

    def __init__(self, writes: BufferedIOBase, reads: BufferedIOBase) -> None:
        self._writes, self._reads = writes, reads
        self._ids = count(1)
        self._session: str | None = None
        self._buffer = b""
        self._events: list[dict[str, Any]] = []
        page = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command. Raises AssertionError when the browser refuses it."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._writes.write(json.dumps(message).encode() + b"\0")
        self._writes.flush()
        answer = self._until(lambda one: one.get("id") == number)
        assert "error" not in answer, f"{method}: {answer}"
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, path: Path, width: int, scheme: str) -> None:
        """Show a file as wide as a phone or a desk, in a light or a dark scheme, and wait."""
        self._events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media="", features=features)
        self.call("Page.navigate", url=path.as_uri())
        if not self._seen("Page.loadEventFired"):
            self._until(lambda one: one.get("method") == "Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression within the page."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Press and release a key."""
        codes = {"Tab": 9, "Enter": 13}
        common = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def complaints(self) -> list[Any]:
        """What the console shows: errors, violations of the page's policy, dialogs."""
        kinds = ("Log.entryAdded", "Runtime.exceptionThrown", "Page.javascriptDialogOpening")
        return [one for kind in kinds for one in self._seen(kind)]

    def requests(self) -> set[str]:
        """The addresses that the page asked for."""
        return {one["request"]["url"] for one in self._seen("Network.requestWillBeSent")}

    def _seen(self, method: str) -> list[dict[str, Any]]:
        return [one["params"] for one in self._events if one["method"] == method]

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message = self._read()
            if "method" in message:
                self._events.append(message)
            if wanted(message):
                return message

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            read = self._reads.read1()
            assert read, "Chromium ended by itself"
            self._buffer += read
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with its profile in a new folder; it ends with the block."""
    executable, environment = _chromium()
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    spare = [fcntl.fcntl(one, fcntl.F_DUPFD, 10) for one in (theirs_in, theirs_out)]
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [executable, *OPTIONS, f"--user-data-dir={folder}"],
        cwd=folder,  # It keeps a cache of fonts below.
        env=environment,
        pass_fds=(3, 4),
        preexec_fn=lambda: [os.dup2(one, at) for at, one in enumerate(spare, 3)],  # noqa: PLW1509 - Chromium reads and writes these two numbers.
        stderr=subprocess.DEVNULL,
    )
    for one in (theirs_in, theirs_out, *spare):
        os.close(one)
    with os.fdopen(ours_out, "wb") as writes, os.fdopen(ours_in, "rb") as reads, process:
        try:
            yield Browser(writes, reads)
        finally:
            process.kill()


def _chromium() -> tuple[Path, dict[str, str]]:
    """The pinned browser with its own libraries and fonts, or the one that the machine has."""
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        home = npm.install(CHROMIUM)
        return home / "browser" / "chromium", {
            "LD_LIBRARY_PATH": str(home / "browser" / "lib"),
            "FONTCONFIG_FILE": str(home / "fonts.conf"),
            "HOME": str(home),
        }
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    assert found, "tests of the report need a Chromium or Chrome on this machine: install one"
    return Path(found), {"HOME": str(Path.home())}
