"""What shares something expensive is given to one worker, whatever versions meet."""

import subprocess
import sys
from pathlib import Path

GROUPED = """
import os, pathlib, pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_tells_its_worker(number):
    worker = os.environ["PYTEST_XDIST_WORKER"]
    pathlib.Path(__file__).with_name(f"{worker}.{number}").touch()
"""


def test_tests_of_one_group_run_in_one_worker(tmp_path: Path):
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    options = ("-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", "--rootdir", tmp_path)
    command = (sys.executable, "-m", "pytest", "-c", "/dev/null", *options, tmp_path)
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    told = [path.name.partition(".") for path in tmp_path.glob("gw*")]
    assert sorted(number for _, _, number in told) == ["0", "1", "2", "3", "4", "5"]
    assert len({worker for worker, _, _ in told}) == 1
