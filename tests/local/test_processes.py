"""Processes come up, say what is wrong, and are gone afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.ports import free_ports
from local.probes import answers, listens
from local.processes import ProcessError, Service, Supervisor

READY = "print('ready', flush=True); import time; time.sleep(600)"


def service(code: str, name: str = "one", **options: object) -> Service:
    return Service(name=name, command=(sys.executable, "-c", code), **options)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    """Whether a process ends in time."""
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


def test_a_process_is_up_when_it_says_so(tmp_path: Path):
    with Supervisor(tmp_path) as processes:
        processes.start(service(READY))
        pid = processes.pid("one")
        assert alive(pid)
    assert not alive(pid)


def test_a_process_is_up_when_it_listens_and_answers(tmp_path: Path):
    [port] = free_ports(1)
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    url = f"http://127.0.0.1:{port}/"
    with Supervisor(tmp_path) as processes:
        ports = {"http": port}
        processes.start(Service(name="a", command=command, ready=listens(port), ports=ports))
        processes.stop("a")
        processes.start(Service(name="b", command=command, ready=answers(url), ports=ports))
        assert alive(processes.pid("b"))


def test_a_process_that_ends_is_named_with_its_last_lines(tmp_path: Path):
    with Supervisor(tmp_path) as processes, pytest.raises(ProcessError) as error:
        processes.start(service("print('the disk is full'); raise SystemExit(3)", "bad"))
    assert "bad ended with status 3" in str(error.value)
    assert "the disk is full" in str(error.value)


def test_a_process_that_keeps_silent_is_named_and_ended(tmp_path: Path):
    with Supervisor(tmp_path) as processes:
        with pytest.raises(ProcessError, match="mute did not come up within 0 s"):
            processes.start(service("import time; time.sleep(600)", "mute", patience=0.2))
        pid = processes.pid("mute")
    assert not alive(pid)


def test_a_taken_port_is_named_with_the_service(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken, Supervisor(tmp_path) as processes:
        port = taken.getsockname()[1]
        with pytest.raises(ProcessError, match=rf"shop needs port {port} \(tills\)"):
            processes.start(service(READY, "shop", ports={"tills": port}))


def test_a_stubborn_process_and_its_children_are_killed(tmp_path: Path):
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}]);"
        "print(child.pid, flush=True); print('ready', flush=True); time.sleep(600)"
    )
    with Supervisor(tmp_path, grace=0.2) as processes:
        processes.start(service(code))
        pids = [processes.pid("one"), int((tmp_path / "one.log").read_text().split()[0])]
    assert all(gone(pid) for pid in pids)


def test_a_process_that_ended_by_itself_is_noticed(tmp_path: Path):
    with Supervisor(tmp_path) as processes:
        processes.start(service(READY, "a"), service(READY, "b"))
        processes.check()
        os.kill(processes.pid("a"), signal.SIGKILL)
        assert gone(processes.pid("a"))
        with pytest.raises(ProcessError, match="a ended with status -9"):
            processes.check()


def test_a_killed_process_starts_again_on_its_log(tmp_path: Path):
    with Supervisor(tmp_path) as processes:
        processes.start(service(READY))
        processes.kill("one")
        processes.start(service(READY))
        assert alive(processes.pid("one"))
    assert (tmp_path / "one.log").read_text() == "ready\nready\n"


def test_children_of_a_killed_parent_end(tmp_path: Path):
    code = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, '.');"
        "from local.processes import Service, Supervisor;"
        f"s = Supervisor(Path({str(tmp_path)!r}));"
        f"s.start(Service(name='c', command=(sys.executable, '-c', {READY!r})));"
        "print(s.pid('c'), flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert gone(child)
