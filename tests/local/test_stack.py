"""The whole miniature Azure: up, used through Microsoft's clients, hurt, restarted, gone."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from local.emulators import CONTAINERS, TABLES
from local.layout import layout
from local.processes import ProcessError
from local.stack import Stack, end, running

CONFIG = """
models:
  digits:
    data: {path: data/digits/*.parquet, quiet: 1h, max_wait: 2h}
    retrain: {pipeline: train_digits}
"""
pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def alive(folder: Path) -> list[str]:
    """The command lines of the processes that work below a folder."""
    files = Path("/proc").glob("[0-9]*/cmdline")
    lines = []
    for file in files:
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ratchet.yaml."""
    place = tmp_path_factory.mktemp("stack")
    (place / "ratchet.yaml").write_text(CONFIG)
    return place


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    """A running stack."""
    with Stack(folder / "state", folder / "ratchet.yaml", hosts=1) as up:
        yield up


def noted(stack: Stack, name: str) -> bool:
    """Whether the app has noted the arrival of a file."""
    with TableServiceClient.from_connection_string(stack.settings["RATCHET_STORAGE"]) as tables:
        rows = tables.get_table_client("arrivals").list_entities()
        return any(f'"digits/{name}"' in str(row.get("json_000")) for row in rows)


def upload(stack: Stack, name: str) -> None:
    with BlobServiceClient.from_connection_string(stack.settings["RATCHET_STORAGE"]) as blobs:
        blobs.get_container_client("data").upload_blob(f"digits/{name}", b"rows")


def test_the_app_is_healthy_and_its_places_are_there(stack: Stack):
    health = httpx.get(f"{stack.urls['functions-0']}/api/health")
    connection = stack.settings["RATCHET_STORAGE"]
    with BlobServiceClient.from_connection_string(connection) as blobs:
        containers = {one.name for one in blobs.list_containers()}
    with TableServiceClient.from_connection_string(connection) as tables:
        names = {one.name for one in tables.list_tables()}
    assert health.status_code == 200
    assert containers >= set(CONTAINERS)
    assert names >= set(TABLES)


def test_an_upload_reaches_the_app_and_own_outputs_do_not(stack: Stack):
    with BlobServiceClient.from_connection_string(stack.settings["RATCHET_STORAGE"]) as blobs:
        blobs.get_container_client("runs").upload_blob("job/model/MLmodel", b"own")
    upload(stack, "a.parquet")
    until(lambda: noted(stack, "a.parquet"))
    counts = httpx.get(f"{stack.urls['event grid']}/admin").json()["deliveries"]
    assert counts == {"storage-to-events": {"delivered": 1}}


@pytest.mark.parametrize("name", ["functions-0", "servicebus", "eventgrid", "azurite"])
def test_a_killed_process_is_started_again_and_nothing_is_lost(stack: Stack, name: str):
    stack.kill(name)
    stack.start(name)
    upload(stack, f"{name}.parquet")
    until(lambda: noted(stack, f"{name}.parquet"))
    stack.check()


def test_one_more_host_takes_events_when_the_others_are_gone(stack: Stack):
    others = [name for name in stack.names if name.startswith("functions-")]
    added = stack.add_host()
    for name in others:
        stack.stop(name)
    upload(stack, f"{added}.parquet")
    until(lambda: noted(stack, f"{added}.parquet"))
    for name in others:
        stack.start(name)
    stack.stop(added)


def test_secrets_are_for_this_user_alone(stack: Stack):
    secret = stack.emulators.layout.function_app
    files = [file for file in stack.folder.rglob("*.json") if secret in file.read_text()]
    assert files
    assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_a_second_stack_in_the_folder_is_refused(stack: Stack, folder: Path):
    with (
        pytest.raises(ProcessError, match="runs in"),
        Stack(folder / "state", folder / "ratchet.yaml"),
    ):
        pass


def test_up_runs_until_down_and_leaves_no_process(tmp_path: Path):
    (tmp_path / "ratchet.yaml").write_text(CONFIG)
    state = tmp_path / "state"
    command = [sys.executable, "-m", "local", "up", "--data", str(state)]
    command += ["--config", str(tmp_path / "ratchet.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        lines = iter(up.stdout.readline, "")
        assert any(line.startswith("Up after") for line in lines)
        assert running(state) == up.pid
        assert end(state)
        assert up.wait(60) == 0
    assert alive(state) == []
    assert running(state) is None
    assert not end(state)


def test_a_taken_port_is_named_by_up(tmp_path: Path, stack: Stack):
    (tmp_path / "ratchet.yaml").write_text(CONFIG)
    made = layout(tmp_path, 1)
    taken = json.loads((tmp_path / "layout.json").read_text())
    taken["ports"]["mlflow"] = stack.emulators.layout.ports.mlflow
    (tmp_path / "layout.json").write_text(json.dumps(taken))
    command = [sys.executable, "-m", "local", "up", "--data", str(tmp_path)]
    ended = subprocess.run(
        [*command, "--config", str(tmp_path / "ratchet.yaml")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert f"mlflow needs port {taken['ports']['mlflow']} (tracking)" in ended.stderr
    assert made.ports.mlflow != taken["ports"]["mlflow"]
    assert alive(tmp_path) == []


def test_a_killed_up_takes_everything_with_it(tmp_path: Path):
    (tmp_path / "ratchet.yaml").write_text(CONFIG)
    command = [sys.executable, "-m", "local", "up", "--data", str(tmp_path)]
    command += ["--config", str(tmp_path / "ratchet.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        assert any(line.startswith("Up after") for line in iter(up.stdout.readline, ""))
        up.send_signal(signal.SIGKILL)
    until(lambda: alive(tmp_path) == [])
