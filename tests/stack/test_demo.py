"""The demo is the whole story on real data and real processes; it fails when anything is not so."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def test_demo_tells_the_whole_story():
    command = [sys.executable, "-m", "cli", "demo"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    words = " ".join(told.stdout.split())
    assert "Version 2 is live; version 1 is retired." in words
    assert " 0 requests were lost." in words
    assert "Refused: test_accuracy 0.7193 on 374 test rows against 0.7701 of champion" in words
    assert "digits-broken.parquet (the Parquet file is cut short" in words
    assert "trainings: 3 before, 3 after" in words
    assert "registered versions: 2 before, 2 after" in words
    assert "webhooks by id: 6 before, 6 after" in words
    assert "trained on 7 files" in words
