"""What every protocol turns a request into, and what it is given to answer with."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from numpy.typing import NDArray

from scoring.predict import Probabilities
from scoring.rows import Rows
from scoring.signature import Signature


class Predicted(Struct, frozen=True):
    """What a version of a model answered: of each row, and the probabilities if asked for."""

    answers: NDArray[Any]
    version: str
    probabilities: Probabilities | None = None


class Asked(Struct, frozen=True):
    """What a request asks: the answers of some rows, written as its protocol wants them.

    `render` raises ModelFailed when the answers have no place in the protocol. `probabilities`
    says whether it needs those as well.
    """

    rows: Rows
    render: Callable[[Predicted], bytes]
    probabilities: bool = False


Read = Callable[[bytes, Signature], Asked]
"""Reads a request's body for a model of some signature. Raises WrongRows."""
