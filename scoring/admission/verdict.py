"""What admission is asked and answers, and the limits that it examines under."""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from scoring.errors import ScoringError
from scoring.signature import Signature

MEBIBYTE = 1 << 20

# The examining process met a stranger: what it answers is held to its form, too.
Code = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,30}\Z")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Limits(Struct, frozen=True, kw_only=True):
    """How large a model may be, and what examining it may cost.

    Sizes in bytes, times in seconds. `memory` is address space, which holds the interpreter and
    the runtime too; `processor_time` ends a loop without end, `patience` what waits without
    computing. `unpacked` and `ratio` bound what an archive may become, `rows` how many of a run's
    own test rows are scored.
    """

    files: int = 1000
    model_size: int = 256 * MEBIBYTE
    unpacked: int = 512 * MEBIBYTE
    ratio: int = 200
    nodes: int = 100_000
    depth: int = 8
    tensor_size: int = 256 * MEBIBYTE
    evidence_size: int = 256 * MEBIBYTE
    rows: int = 1000
    memory: int = 2048 * MEBIBYTE
    processor_time: int = 20
    patience: float = 60.0


class Order(Struct, frozen=True, kw_only=True):
    """What the examining process is to do with its input.

    The first `size` bytes are a model's file, or an archive of a model's folder; what follows, if
    `evidence`, are the run's own test rows (Parquet).
    """

    limits: Limits
    size: int
    archive: bool = False
    evidence: bool = False


class Check(Struct, frozen=True, tag=True):
    """One thing that was examined: a stable code, and what was found."""

    code: Code
    sentence: str


Tell = Callable[[Check], None]
"""Who is told of each check that is passed, at once."""


class Admission(Struct, frozen=True, kw_only=True, tag=True):
    """A model that may be registered and loaded, as long as its bytes have this digest.

    `confinement` names the means that bounded the examining process; each was tried before the
    model was touched.
    """

    sha256: Digest
    signature: Signature
    confinement: tuple[str, ...]
    checks: tuple[Check, ...] = ()


class Refusal(Struct, frozen=True, kw_only=True, tag=True):
    """A model that must not be loaded anywhere: a stable code, and the sentence that says why.

    `checks` are those that it passed before.
    """

    code: Code
    sentence: str
    checks: tuple[Check, ...] = ()


class Refused(ScoringError):  # noqa: N818 - a verdict, not an error of ours.
    """Raised by a check; becomes a Refusal."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)
