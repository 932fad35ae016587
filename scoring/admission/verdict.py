"""What admission answers, and the limits that it examines under."""

from msgspec import Struct

from scoring.errors import ScoringError
from scoring.signature import Signature

MEBIBYTE = 1 << 20


class Limits(Struct, frozen=True, kw_only=True):
    """How large a model may be, and what examining it may cost.

    Sizes in bytes, times in seconds. `memory` is address space, which holds the interpreter and
    the runtime too (about 160 MiB); `processor_time` ends a loop without end, `patience` what
    waits without computing.
    """

    files: int = 1000
    model_size: int = 256 * MEBIBYTE
    tensor_size: int = 256 * MEBIBYTE
    memory: int = 2048 * MEBIBYTE
    processor_time: int = 20
    patience: float = 60.0


class Check(Struct, frozen=True):
    """One thing that was examined: a stable code, and what was found."""

    code: str
    sentence: str


class Admission(Struct, frozen=True, kw_only=True, tag=True):
    """A model that may be registered and loaded, as long as its bytes have this digest.

    `confinement` names the means that bounded the examining process, so that nobody has to take
    on trust which of them the machine offered.
    """

    sha256: str
    signature: Signature
    checks: tuple[Check, ...]
    confinement: tuple[str, ...]


class Refusal(Struct, frozen=True, kw_only=True, tag=True):
    """A model that must not be loaded anywhere: a stable code, and the sentence that says why."""

    code: str
    sentence: str


class Refused(ScoringError):  # noqa: N818 - a verdict, not an error of ours.
    """Raised by a check; becomes a Refusal."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)
