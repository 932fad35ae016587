"""What every protocol turns a request into, and what it is given to answer with."""

from collections.abc import Callable

from msgspec import Struct

from scoring.predict import Answers
from scoring.rows import Rows
from scoring.signature import Signature


class Asked(Struct, frozen=True):
    """What a request asks: the answers of some rows, written as its protocol wants them.

    `render` writes the answers of a version of the model, and raises ModelFailed when they have no
    place in the protocol. `probabilities` says whether it needs those as well.
    """

    rows: Rows
    render: Callable[[Answers, str], bytes]
    probabilities: bool = False


Read = Callable[[bytes, Signature], Asked]
"""Reads a request's body for a model of some signature. Raises WrongRows."""
