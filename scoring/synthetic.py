"""Made-up rows: what a model is tried on before anybody sends it real ones."""

import numpy as np

from scoring.rows import Matrix
from scoring.signature import Signature

_STEP = 0.6180339887498949
"""Multiples of the golden ratio fill the unit interval evenly; no generator has to be loaded."""


def synthetic_rows(signature: Signature, count: int) -> Matrix:
    """Numbers from 0 to 1 (whole ones from 0 to 2) of the right type and width, always the same.

    Reference: H. Weyl, Über die Gleichverteilung von Zahlen mod. Eins, 1916.
    """
    values = np.arange(count * signature.width) * _STEP % 1
    if signature.rows.type.startswith("int"):
        values *= 3
    return values.reshape(count, signature.width).astype(signature.rows.type)
