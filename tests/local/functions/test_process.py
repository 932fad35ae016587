"""The process: how it starts, ends, and begins anew."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local.functions.hosting import APPS, MASTER, eventually, hosted


def _run(folder: Path, settings: str, port: int = 0, app: Path = APPS / "doors") -> tuple[int, str]:
    (folder / "settings.json").write_text(settings)
    command = [sys.executable, "-m", "local.functions", "--app", str(app), "--port", str(port)]
    command += ["--settings", str(folder / "settings.json")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return ended.returncode, ended.stderr


def test_taken_port_is_named(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = _run(tmp_path, '{"Values": {}}', port)
    assert status == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; try another port" in said


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{", "settings.json cannot be used"),
        ('{"Values": {"A": 1}}', "Expected `str`, got `int`"),
        ('{"IsEncrypted": true}', "is encrypted"),
    ],
)
def test_unusable_settings_end_the_start_with_a_sentence(tmp_path: Path, settings: str, words: str):
    status, said = _run(tmp_path, settings)
    assert status == 1
    assert words in said
    assert "Traceback" not in said


def test_folder_without_host_json_is_named(tmp_path: Path):
    status, said = _run(tmp_path, '{"Values": {}}', app=tmp_path)
    assert status == 1
    assert f"{tmp_path}/host.json cannot be used" in said


def test_async_function_that_overruns_is_cancelled(tmp_path: Path):
    with hosted("slow", tmp_path) as host, host.client(MASTER) as client:
        assert client.get("/api/loop").status_code == 500
        assert client.get("/admin/host/ping").status_code == 200
        lines = [line for line in host.log if line.get("function") == "loop"]
        assert "TimedOut: loop took longer than 1 s" in lines[0]["exception"]
        assert host.terminate() == 0


def test_thread_that_overruns_makes_the_process_begin_anew(tmp_path: Path):
    with hosted("slow", tmp_path) as host, host.client(MASTER) as client:
        before = client.get("/admin/host/status").json()
        assert client.get("/api/thread").status_code == 500
        assert host.wait_ready() == f"ready {host.url}\n"
        after = eventually(lambda: client.get("/admin/host/status").json())
        assert after["instanceId"] == before["instanceId"]
        assert host.terminate() == 0
