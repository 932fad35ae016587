"""The process: what it says, what it survives, and what it leaves behind."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local.cloud.emulator import (
    CONTAINERS,
    GROUP,
    Emulator,
    Host,
    eventually,
    group,
    host,
    settings,
)

ONE = f"{GROUP}/{CONTAINERS}/one"


def test_ready_line_names_every_address(tmp_path: Path):
    with host(tmp_path) as running:
        addresses = running.start().addresses
    assert set(addresses) == {"ca_bundle", "faults", "identity", "resource_manager"}
    assert addresses["resource_manager"].startswith("https://127.0.0.1:")
    assert Path(addresses["ca_bundle"]).is_file()


@pytest.mark.parametrize("end", [Host.stop, Host.kill], ids=["asked to end", "killed"])
def test_no_container_outlives_the_process(tmp_path: Path, end: Callable[[Host], None]):
    with host(tmp_path) as running:
        address = _served(running.start())
        end(running)
        eventually(lambda: not _answers(address))


@pytest.mark.parametrize("end", [Host.stop, Host.kill], ids=["asked to end", "killed"])
def test_group_serves_again_at_its_address_after(tmp_path: Path, end: Callable[[Host], None]):
    with host(tmp_path) as running:
        address = _served(running.start())
        end(running)
        again = running.start()
        eventually(lambda: _answers(address))
        assert _address(again.ask("GET", ONE).json()) == address


def test_stopped_group_stays_stopped_after_a_restart(tmp_path: Path):
    with host(tmp_path) as running:
        first = running.start()
        _served(first)
        assert first.ask("POST", f"{ONE}/stop").status_code == 204
        running.stop()
        found = running.start().ask("GET", ONE).json()
    assert found["properties"]["instanceView"]["state"] == "Stopped"


def test_operation_is_finished_after_a_restart(tmp_path: Path):
    with host(tmp_path) as running:
        first = running.start()
        first.fault(kind="slow", delay=600, times=1)
        put = first.ask("PUT", ONE, group("web"))
        running.kill()
        again = running.start()
        place = httpx.URL(put.headers["Azure-AsyncOperation"]).path
        eventually(lambda: again.ask("GET", place).json()["status"] == "Succeeded")
        eventually(lambda: _answers(_address(again.ask("GET", ONE).json())))


def test_files_with_secrets_are_for_nobody_else(tmp_path: Path):
    with host(tmp_path) as running:
        running.start()
        data = tmp_path / "data"
        assert data.stat().st_mode & 0o077 == 0
        for name in ("token.key", "tls/server.key", "tls/authority.key"):
            assert (data / name).stat().st_mode & 0o077 == 0


def test_log_holds_no_secret(tmp_path: Path):
    with host(tmp_path) as running:
        cloud = running.start()
        _served(cloud)
        cloud.ask("GET", ONE, Authorization="Bearer not-a-token")
        token = cloud.token("owner")
        running.stop()
    log = (tmp_path / "logs/cloud.log").read_text()
    assert "0123456789abcdef" not in log
    assert "not-a-token" not in log
    assert token not in log


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"principals": [{"name": "a", "secret": "short"}]}, "length >= 16"),
        ({"rolls": []}, "unknown field `rolls`"),
        ({"roles": []}, "the role Ratchet is assigned but not defined"),
        ({"roles": ["nowhere.json"]}, "nowhere.json cannot be used"),
    ],
    ids=["short secret", "unknown word", "undefined role", "no such file"],
)
def test_wrong_settings_are_told_in_one_line(tmp_path: Path, change: dict[str, Any], told: str):
    ended = _run(tmp_path, {**settings(), **change})
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_port_in_use_is_told_by_its_number(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = _run(tmp_path, settings(port=port))
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr


def _run(folder: Path, content: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    (folder / "settings.json").write_text(json.dumps(content))
    command = [sys.executable, "-m", "local.cloud", "--data", str(folder / "data")]
    return subprocess.run(
        [*command, "--settings", str(folder / "settings.json")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _served(cloud: Emulator) -> str:
    """Put a group that serves; gives its address once it does."""
    cloud.ask("PUT", ONE, group("web"))
    eventually(lambda: "ip" in cloud.ask("GET", ONE).json()["properties"]["ipAddress"])
    address = _address(cloud.ask("GET", ONE).json())
    eventually(lambda: _answers(address))
    return address


def _address(body: dict[str, Any]) -> str:
    address = body["properties"]["ipAddress"]
    return f"http://{address.get('ip', '127.0.0.1:1')}:{address['ports'][0]['port']}/"


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False).is_success
    except httpx.TransportError:
        return False
