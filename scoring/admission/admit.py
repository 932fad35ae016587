"""`admit`: the one entry to admission, and the parent of the examining process."""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from msgspec import structs

from scoring.admission.files import read_model
from scoring.admission.verdict import Admission, Check, Limits, Refusal, Refused

DEFAULT = Limits()


def admit(folder: Path, limits: Limits = DEFAULT) -> Admission | Refusal:
    """Examine the model in an MLflow model's folder without trusting it.

    The bytes are read and hashed here, and only these bytes go to the examining process: what is
    examined is what is pinned. Raises RuntimeError when the process itself cannot be run, which
    says nothing about the model.
    """
    try:
        content, checks = read_model(folder, limits)
        return _examined(content, checks, limits)
    except Refused as problem:
        return Refusal(code=problem.code, sentence=str(problem))


def _examined(content: bytes, checks: tuple[Check, ...], limits: Limits) -> Admission | Refusal:
    verdict = _run(content, limits)
    if isinstance(verdict, Refusal):
        return verdict
    sha256 = hashlib.sha256(content).hexdigest()
    return structs.replace(verdict, sha256=sha256, checks=checks + verdict.checks)


def _run(content: bytes, limits: Limits) -> Admission | Refusal:
    command = [sys.executable, "-s", "-P", "-m", "scoring.admission"]
    command.append(msgspec.json.encode(limits).decode())
    # Files, not pipes: their size is limited, so a babbling process cannot fill our memory.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as grumbled:
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter and module.
                command,
                input=content,
                stdout=said,
                stderr=grumbled,
                env=_environment(),
                cwd="/",
                timeout=limits.patience,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise Refused("time", f"examining it took over {limits.patience:g} s") from problem
        said.seek(0)
        grumbled.seek(0)
        return _verdict(ended.returncode, said.read(), grumbled.read(), limits)


def _environment() -> dict[str, str]:
    """No setting of ours, hence no secret; only where to find Python's packages."""
    packages = [str(Path(entry).absolute()) for entry in sys.path]
    return {"PYTHONPATH": os.pathsep.join(packages), "OPENBLAS_NUM_THREADS": "1"}


def _verdict(code: int, said: bytes, grumbled: bytes, limits: Limits) -> Admission | Refusal:
    if code == -signal.SIGXCPU:
        raise Refused("time", f"examining it took over {limits.processor_time} s of the processor")
    if code == -signal.SIGKILL:  # Whatever it was, it did not end by itself.
        raise Refused("killed", "the machine ended the examining process, most likely for memory")
    if code < 0:
        raise Refused("crash", f"the examining process died of {signal.Signals(-code).name}")
    if code:
        lines = grumbled.decode(errors="replace").strip().splitlines() or ["no word"]
        raise RuntimeError(f"the examining process could not be run (exit {code}): {lines[-1]}")
    try:
        return msgspec.json.decode(said, type=Admission | Refusal)
    except msgspec.DecodeError as problem:
        raise Refused("crash", "the examining process gave no verdict") from problem
