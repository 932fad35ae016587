"""Made-up rows: what a model is tried on before anybody sends it real ones."""

from numpy.random import default_rng

from scoring.rows import Matrix
from scoring.signature import Signature


def synthetic_rows(signature: Signature, count: int) -> Matrix:
    """Small numbers of the right type and width, the same at every call."""
    generator = default_rng(0)
    shape = (count, signature.width)
    if signature.rows.type.startswith("int"):
        return generator.integers(0, 3, shape).astype(signature.rows.type)
    return generator.random(shape).astype(signature.rows.type)
