"""The smoke run: the model is loaded, its signature read, and rows are scored.

First synthetic rows, then those that the run itself held back for its test: a model that fails on
these would fail on its first request.
"""

import numpy as np
from onnx import TensorProto, helper

from scoring.admission.verdict import Check, Refused, Tell
from scoring.columns import matrix_of_columns
from scoring.errors import BadEvidence, ScoringError, Unsuitable, WrongAnswers, WrongRows
from scoring.evidence import first_test_rows
from scoring.predict import predict, predict_both
from scoring.rows import Matrix
from scoring.sessions import Model, open_session
from scoring.signature import Signature, read_signature
from scoring.synthetic import synthetic_rows

COUNTS = (1, 2, 17)
"""One row, a few, and an odd number that no fixed batch size fits."""
_OUT_OF_MEMORY = ("Failed to allocate memory", "bad_alloc", "bad allocation")


def rehearse() -> None:
    """Load and run a model of our own, as confined as the stranger's will be.

    What fails here fails for want of something that this machine's runtime needs and the
    confinement takes away. It is this machine's fault, and no model's.
    """
    kind = helper.make_tensor_type_proto(TensorProto.FLOAT, [None, 1])
    rows, doubled = (helper.make_value_info(name, kind) for name in ("rows", "doubled"))
    node = helper.make_node("Add", ["rows", "rows"], ["doubled"])
    graph = helper.make_graph([node], "rehearsal", [rows], [doubled])
    opset = helper.make_opsetid("", 17)
    content = helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()
    session = open_session(content, threads=1)
    (answer,) = session.run(None, {"rows": np.ones((3, 1), np.float32)})
    if answer.sum() != 6:
        raise RuntimeError("ONNX Runtime does not compute as it should where it is confined")


def load(content: bytes, sha256: str, tell: Tell) -> Model:
    """Load the model and read its signature. Raises Refused."""
    try:
        session = open_session(content, threads=1)
    except Unsuitable as problem:
        raise _failed("load", problem) from problem
    tell(Check("load", "ONNX Runtime loads it"))
    try:
        signature = read_signature(session)
    except Unsuitable as problem:
        raise Refused(problem.code, str(problem)) from problem
    tell(Check("signature", _said(signature)))
    return Model(sha256=sha256, signature=signature, session=session)


def try_synthetic(model: Model, *, alone: bool) -> Check:
    """Score made-up rows, in several counts; `alone` if no others follow. Raises Refused."""
    for count in COUNTS:
        _score(model, synthetic_rows(model.signature, count), f"{count} synthetic rows")
    counts = ", ".join(map(str, COUNTS))
    no_others = "; there were no test rows to try" if alone else ""
    return Check("smoke", f"{counts} synthetic rows, a finite answer each{no_others}")


def try_evidence(model: Model, evidence: bytes, count: int) -> Check:
    """Score the first of the run's own test rows. Raises Refused."""
    try:
        rows = matrix_of_columns(first_test_rows(evidence, count), model.signature)
    except BadEvidence as problem:
        raise Refused("evidence", f"the run's test rows cannot be read: {problem}") from problem
    except WrongRows as problem:
        raise Refused("rows", f"the run's own test rows do not fit it: {problem}") from problem
    _score(model, rows, f"{len(rows)} of the run's test rows")
    return Check("rows", f"{len(rows)} of the run's own test rows, a finite answer each")


def _score(model: Model, rows: Matrix, what: str) -> None:
    try:
        if model.signature.probabilities:
            answer, given = predict_both(model, rows)
            answers = [answer, given.matrix]
        else:
            answers = [predict(model, rows)]
    except WrongAnswers as problem:
        raise Refused("answers", f"{what}: {problem}") from problem
    except ScoringError as problem:
        raise _failed("smoke", problem, f"{what}: ") from problem
    if any(each.dtype.kind == "f" and not np.isfinite(each).all() for each in answers):
        raise Refused("not_finite", f"{what}: an answer is not finite")


def _failed(code: str, problem: ScoringError, what: str = "") -> Refused:
    """What the runtime said; want of memory has one code, wherever it shows."""
    out_of_memory = any(words in str(problem) for words in _OUT_OF_MEMORY)
    return Refused("memory" if out_of_memory else code, f"{what}{problem}")


def _said(signature: Signature) -> str:
    given = " with probabilities" if signature.probabilities else ""
    return (
        f"{signature.width} columns of {signature.rows.type} in, {signature.answer.type} out{given}"
    )
