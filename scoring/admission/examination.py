"""What the examining process does, in order: unpack, look, load, try.

Apart from the process around it, so that what meets hostile bytes can be tried on many thousands
of them without starting one each.
"""

import hashlib

from scoring.admission import graph, trial
from scoring.admission.verdict import Check, Order, Tell
from scoring.sessions import Model, runtime


def load(order: Order) -> None:
    """Import what is imported late elsewhere, as long as files may be opened."""
    runtime()
    if order.archive:
        from scoring.admission import archive  # noqa: F401 - the codecs of its names.
    if order.evidence:
        import pyarrow.parquet  # noqa: F401 - it starts late as well.


def examine(order: Order, content: bytes, evidence: bytes | None, tell: Tell) -> Model:
    """Examine a model, telling of each check that it passes. Raises Refused."""
    limits = order.limits
    if order.archive:
        from scoring.admission.archive import model_of

        content, found = model_of(content, limits)
        tell(Check("archive", found))
    for check in graph.examine(content, limits):
        tell(check)
    model = trial.load(content, hashlib.sha256(content).hexdigest(), tell)
    tell(trial.try_synthetic(model, alone=evidence is None))
    if evidence is not None:
        tell(trial.try_evidence(model, evidence, limits.rows))
    return model
