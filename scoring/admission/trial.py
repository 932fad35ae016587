"""The smoke run: the model is loaded, its signature read, and synthetic rows are scored."""

import numpy as np

from scoring.admission.verdict import Check, Refused
from scoring.errors import ScoringError, Unsuitable
from scoring.predict import predict, predict_probabilities
from scoring.sessions import Model, open_session
from scoring.signature import Signature, read_signature
from scoring.synthetic import synthetic_rows

COUNTS = (1, 2, 17)
"""One row, a few, and an odd number that no fixed batch size fits."""


def run(content: bytes, sha256: str) -> tuple[Signature, tuple[Check, ...]]:
    """Load the model and score synthetic rows. Raises Refused."""
    try:
        session = open_session(content, threads=1)
    except Unsuitable as problem:
        raise Refused("load", str(problem)) from problem
    try:
        signature = read_signature(session)
    except Unsuitable as problem:
        raise Refused("signature", str(problem)) from problem
    for count in COUNTS:
        _score(Model(sha256=sha256, signature=signature, session=session), count)
    return signature, (
        Check("load", "ONNX Runtime loads it"),
        Check("signature", _said(signature)),
        Check("smoke", f"{', '.join(map(str, COUNTS))} synthetic rows, each with a finite answer"),
    )


def _score(model: Model, count: int) -> None:
    rows = synthetic_rows(model.signature, count)
    try:
        answers = [predict(model, rows)]
        if model.signature.probabilities:
            answers.append(predict_probabilities(model, rows).matrix)
    except ScoringError as problem:
        raise Refused("smoke", f"{count} synthetic rows: {problem}") from problem
    for answer in answers:
        if answer.dtype.kind == "f" and not np.isfinite(answer).all():
            raise Refused("smoke", f"{count} synthetic rows: an answer is not finite")


def _said(signature: Signature) -> str:
    given = " with probabilities" if signature.probabilities else ""
    return (
        f"{signature.width} columns of {signature.rows.type} in, {signature.answer.type} out{given}"
    )
