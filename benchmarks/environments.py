"""Environments of peers: packages of their own, installed once below `.ratchet/benchmarks`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".ratchet" / "benchmarks"
"""Where data and environments are kept from one run to the next."""

_PACKAGES_UNTIL = "2026-11-20"
"""What was published later is not installed: a pinned peer stays what it was when measured."""


def interpreter(name: str, needs: tuple[str, ...]) -> Path:
    """The Python of an environment, made once and again when its needs change; ours without any."""
    if not needs:
        return Path(sys.executable)
    environment = FOLDER / "peers" / name
    python, installed = environment / "bin" / "python", environment / "installed"
    if not (installed.exists() and installed.read_text() == "\n".join(needs)):
        _uv("venv", "--clear", "--python", sys.executable, str(environment))
        until = ("--exclude-newer", _PACKAGES_UNTIL)
        _uv("pip", "install", "--compile-bytecode", *until, "--python", str(python), *needs)
        installed.write_text("\n".join(needs))
    return python


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, *arguments, "--quiet"], check=True)
