"""Only the bytes that were pinned become a session."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.errors import Unsuitable, Untrusted
from scoring.sessions import load_model
from tests.scoring.models import constant, digest


def test_loads_a_model_whose_digest_is_pinned(tmp_path: Path):
    content = constant(3.0)
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    model = load_model(path, digest(content))
    assert model.sha256 == hashlib.sha256(content).hexdigest()


def test_refuses_other_bytes_than_those_pinned():
    with pytest.raises(Untrusted, match="was admitted; not loaded"):
        load_model(constant(3.0), digest(constant(4.0)))


def test_refuses_bytes_that_the_runtime_cannot_read():
    with pytest.raises(Unsuitable, match="ONNX Runtime cannot load it"):
        load_model(b"not a model", digest(b"not a model"))


def test_never_reads_the_runtime_own_format():
    content = b"\x00\x00\x00\x00ORTM" + bytes(64)
    with pytest.raises(Unsuitable, match="protobuf parsing failed"):
        load_model(content, digest(content))


def test_runtime_keeps_no_thread_and_no_file_to_report_to_its_maker(tmp_path: Path):
    """Unless it is switched off, ONNX Runtime starts a thread and leaves an id in the home."""
    (tmp_path / "model.onnx").write_bytes(constant(3.0))
    program = (
        "import os; from pathlib import Path; from scoring.sessions import open_session\n"
        f"open_session(Path({str(tmp_path / 'model.onnx')!r}).read_bytes(), threads=1)\n"
        "print(len(os.listdir('/proc/self/task')))\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={"HOME": str(home), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
    )
    assert ended.stdout == b"1\n"
    assert list(home.iterdir()) == []
