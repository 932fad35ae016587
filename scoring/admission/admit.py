"""`admit`: the one entry to admission, and the parent of the examining process."""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
from msgspec import structs

from scoring.admission.confinement import MEANS
from scoring.admission.files import is_archive, read_model
from scoring.admission.verdict import Admission, Check, Limits, Order, Refusal, Refused, Tell

DEFAULT = Limits()
_LONGEST_SENTENCE = 1000


def admit(
    place: Path, limits: Limits = DEFAULT, evidence: bytes | None = None
) -> Admission | Refusal:
    """Examine a model without trusting it: an MLflow folder, a model's file, or an archive.

    `evidence` is the run's `test.parquet`, whose first rows are scored too. Both are parsed in
    the examining process alone. The bytes of a model are read and hashed here, and only these
    bytes go there: what is examined is what is pinned.

    Raises RuntimeError when the process itself cannot be run, which says nothing of the model.
    """
    passed: list[Check] = []
    try:
        content = read_model(place, limits, passed.append)
        _check_size(evidence or b"", limits)
        order = Order(
            limits=limits,
            size=len(content),
            archive=not place.is_dir() and is_archive(place),
            evidence=evidence is not None,
        )
        verdict = _run(order, passed.append, content, evidence or b"")
    except Refused as problem:
        verdict = Refusal(code=problem.code, sentence=str(problem))
    if isinstance(verdict, Admission) and not order.archive:
        verdict = structs.replace(verdict, sha256=hashlib.sha256(content).hexdigest())
    return structs.replace(verdict, checks=tuple(passed))


def _check_size(evidence: bytes, limits: Limits) -> None:
    if len(evidence) > limits.evidence_size:
        raise Refused("evidence", f"test.parquet is larger than {limits.evidence_size:,} bytes")


def _run(order: Order, tell: Tell, *given: bytes) -> Admission | Refusal:
    command = [sys.executable, "-S", "-P", "-m", "scoring.admission"]
    command.append(msgspec.json.encode(order).decode())
    # Files, not pipes: their size is limited, so a babbling process cannot fill our memory; and
    # megabytes are read at once, where a pipe would hand them over by 4 KiB.
    with _file(*given) as asked, _file() as said, _file() as grumbled:
        try:
            code = subprocess.run(  # noqa: S603 - our own interpreter and module.
                command,
                stdin=asked,
                stdout=said,
                stderr=grumbled,
                env=_environment(),
                cwd="/",
                timeout=order.limits.patience,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
        said.seek(0)
        grumbled.seek(0)
        verdict = _read(said.read(), tell)
        _check_end(code, grumbled.read(), order.limits)
    if verdict is None:
        raise Refused("crash", "the examining process gave no verdict")
    return verdict


@contextmanager
def _file(*parts: bytes) -> Iterator[IO[bytes]]:
    """A file without a name, to be read from its beginning."""
    with tempfile.TemporaryFile() as file:
        file.writelines(parts)
        file.seek(0)
        yield file


def _environment() -> dict[str, str]:
    """No setting of ours, hence no secret; only where to find Python's packages.

    The two libraries that would start threads or reserve gigabytes of addresses are told not to.
    """
    own = Path(__file__).parents[2]  # Where imports were redirected to, it is on no path.
    packages = [str(own), *(str(Path(entry).absolute()) for entry in sys.path)]
    return {
        "PYTHONPATH": os.pathsep.join(packages),
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _read(said: bytes, tell: Tell) -> Admission | Refusal | None:
    """Tell of the checks that were passed; gives the verdict, or None where there is none."""
    for line in said.splitlines():
        try:
            found = msgspec.json.decode(line, type=Check | Admission | Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if isinstance(found, Admission):
            return found if _is_sound(found) else None
        shown = structs.replace(found, sentence=_printable(found.sentence))
        if isinstance(shown, Refusal):
            return shown
        tell(shown)
    return None


def _is_sound(admission: Admission) -> bool:
    """Whether it tells of our confinement, and of a table as `read_signature` knows them."""
    signature = admission.signature
    match signature.rows.shape:
        case (None, int(width)) if width > 0:
            named = signature.columns is None or len(signature.columns) == width
            return named and admission.confinement == MEANS
    return False


def _printable(text: str) -> str:
    """A sentence that may quote a stranger, fit for a terminal and a log."""
    shown = "".join(each if each.isprintable() else "\ufffd" for each in text)
    return shown[:_LONGEST_SENTENCE]


def _check_end(code: int | None, grumbled: bytes, limits: Limits) -> None:
    """Raise Refused for an end that only the model can be blamed for."""
    if code is None:
        raise Refused("time", f"examining it took over {limits.patience:g} s")
    if code == -signal.SIGXCPU:
        raise Refused("time", f"examining it took over {limits.processor_time} s of the processor")
    if code == -signal.SIGKILL:  # Whatever it was, it did not end by itself.
        raise Refused("killed", "the machine ended the examining process, most likely for memory")
    if code < 0:
        names = {each.value: each.name for each in signal.Signals}  # Not every one has a name.
        name = names.get(-code, f"signal {-code}")
        raise Refused("crash", f"the examining process died of {name}")
    if code:
        lines = grumbled.decode(errors="replace").strip().splitlines() or ["no word"]
        raise RuntimeError(
            f"the examining process could not be run (exit {code}): {_printable(lines[-1])}"
        )
