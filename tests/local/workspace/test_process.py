import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from local.cloud.workspace.process import Ended, Process

ENVIRONMENT = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}"}


def run(command: str, folder: Path, seconds: float = 30) -> Ended:
    return Process(command, folder, ENVIRONMENT, folder / "log").wait(seconds)


def gone(pid: int) -> bool:
    """Whether a process ends soon; one that nobody has buried yet counts as ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
    return False


def test_a_step_that_succeeds_has_no_problem(tmp_path: Path):
    assert run("echo fine", tmp_path) == Ended(problem=None, last_lines="fine")


def test_a_failing_step_shows_its_last_lines(tmp_path: Path):
    ended = run("for i in $(seq 100); do echo line $i; done; exit 3", tmp_path)
    assert ended.problem == "ended with exit code 3"
    assert ended.last_lines.splitlines()[0] == "line 81"
    assert ended.last_lines.splitlines()[-1] == "line 100"


def test_a_step_that_takes_too_long_is_stopped(tmp_path: Path):
    assert (
        run("sleep 600", tmp_path, 0.2).problem == "was still running after 0.2 s and was stopped"
    )


def test_a_step_that_was_killed_names_the_signal(tmp_path: Path):
    assert run("kill -TERM $$", tmp_path).problem == "was ended by SIGTERM"


def test_what_a_step_left_running_is_stopped_with_it(tmp_path: Path):
    ended = run("sleep 600 >/dev/null 2>&1 & echo $!", tmp_path)
    assert gone(int(ended.last_lines))


def test_a_cancelled_step_ends_at_once(tmp_path: Path):
    process = Process("sleep 600", tmp_path, ENVIRONMENT, tmp_path / "log")
    threading.Thread(target=process.cancel).start()
    assert process.wait(60).problem == "was ended by SIGKILL"


def test_a_step_does_not_outlive_the_program_that_ran_it(tmp_path: Path):
    program = (
        "import os, sys; from pathlib import Path\n"
        "from local.cloud.workspace.process import Process\n"
        "folder = Path(sys.argv[1])\n"
        "Process('echo $$ > pid; sleep 600', folder, dict(os.environ), folder / 'log')\n"
        "while not (folder / 'pid').exists() or not (folder / 'pid').read_text(): pass\n"
        "os._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=60)
    assert gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_silent_step_has_no_last_lines(content: str, tmp_path: Path):
    assert run(f"printf '{content}'", tmp_path).last_lines == ""
