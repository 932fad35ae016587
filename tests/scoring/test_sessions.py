"""Only the bytes that were pinned become a session."""

import hashlib
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
