"""Model files become sessions of ONNX Runtime, if they are the bytes that were pinned."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from scoring.errors import Unsuitable, Untrusted
from scoring.signature import Signature, read_signature

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions


@dataclass(frozen=True)
class Model:
    """A loaded model: which bytes it is, what it takes and gives, and the session that runs it.

    A session may be run from several threads at once.
    """

    sha256: str
    signature: Signature
    session: "InferenceSession"


def load_model(source: bytes | Path, sha256: str, *, threads: int = 1) -> Model:
    """Load a model whose bytes have the given SHA-256 (hexadecimal), and none other.

    The bytes are read once, and what was hashed is what is loaded: a file that is exchanged in
    between gains nothing, and external data beside the file is out of reach. `threads` bounds the
    threads of one run.

    Raises Untrusted when the digest differs and Unsuitable when the model cannot be used.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise Untrusted(f"the model's SHA-256 is {found}, but {sha256} was admitted; not loaded")
    session = open_session(content, threads=threads)
    return Model(sha256=sha256, signature=read_signature(session), session=session)


def open_session(content: bytes, *, threads: int) -> "InferenceSession":
    """A session on the CPU with bounded threads. Raises Unsuitable when the runtime refuses."""
    try:
        return runtime().InferenceSession(
            content, _options(threads), providers=["CPUExecutionProvider"]
        )
    except Exception as problem:  # The runtime's errors share no narrower base.
        raise Unsuitable(f"ONNX Runtime cannot load it: {first_line(problem)}") from problem


def runtime() -> ModuleType:
    """ONNX Runtime, imported when it is first needed, and kept from telling its maker about it.

    Since 1.29 its builds for Linux report each session over the network, from threads of their
    own, unless this variable stands before the import. Source: Privacy.md of the package.
    """
    # Once: the environment must not change under threads of native code that look something up.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # noqa: TID251 - it is written, not read.
    import onnxruntime

    return cast("ModuleType", onnxruntime)


def first_line(problem: BaseException) -> str:
    """The first line of an error, bounded: the runtime's messages carry whole stack traces."""
    lines = str(problem).strip().splitlines() or [type(problem).__name__]
    return lines[0][:300]


def _options(threads: int) -> "SessionOptions":
    options = runtime().SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = runtime().ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4  # Its errors reach us as exceptions.
    # The runtime tells its own format from ONNX by a mark in the bytes; what was examined as ONNX
    # must not be read as something else.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Sessions share the machine with each other: waiting threads must not burn its cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
