"""The demo is the whole story on real data and real processes; it fails when anything is not so."""

import re
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def test_demo_tells_the_whole_story():
    command = [sys.executable, "-m", "cli", "demo"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=840)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    words = " ".join(told.stdout.split())
    assert "Version 2 is live; version 1 is retired." in words
    assert "Version 3 is live; version 2 is retired." in words
    assert " 0 requests were lost." in words
    assert "Refused: test_accuracy 0.7193 on 374 test rows against 0.7701 of champion" in words
    assert "digits-broken.parquet (the Parquet file is cut short" in words
    assert "labelled data that is new is awaited" in words
    assert "Won: test_accuracy 0.9609 on 562 test rows against 0.5943 of champion" in words
    (raised,) = re.findall(r"Incident (inc-\w+) is raised", words.partition("The timeline")[0])
    assert f"Incident {raised} is over: 2 calm windows in a row." in words
    assert "pixel_39: psi" in words
    assert "functions-2 was killed (SIGKILL)" in words
    assert "rows in: 1,000,000 rows out: 999,990 rejects: 10" in words
    assert "ids that are there once: 1,000,000" in words
    assert "trainings: 5 before, 5 after" in words
    assert "registered versions: 3 before, 3 after" in words
    assert "trained on 11 files" in words
