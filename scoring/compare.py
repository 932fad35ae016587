"""The evidence of the gate: champion and challenger, scored on the same test rows.

The gate itself (`decisions.gate`) decides by the user's policy; what stands here are the facts it
decides on. Whatever makes figures incomparable is said in a sentence and never becomes a number.
"""

import numpy as np
from msgspec import Struct, structs

from scoring.bootstrap import FEWEST_ROWS, paired_bound
from scoring.comparable import Contender, Incomparable, answers_of, check_rows, metric_for
from scoring.evidence import TestRows
from scoring.goals import Goal
from scoring.metrics import METRICS, Array, Metric
from scoring.paired import paired_accuracy


class Comparison(Struct, frozen=True, kw_only=True):
    """What two models scored on the same rows; None where there is nothing to say.

    `gain` is the challenger's lead in the direction of the metric's goal, `lower` its one-sided
    lower bound at `confidence`. The counts of the fourfold table are those of accuracy alone.
    `incomparable` is the reason why the figures must not be compared.
    """

    metric: str
    rows: int
    confidence: float
    challenger: float | None = None
    champion: float | None = None
    gain: float | None = None
    lower: float | None = None
    p_value: float | None = None
    both_right: int | None = None
    only_challenger: int | None = None
    only_champion: int | None = None
    incomparable: str | None = None


def compare(
    metric: str,
    goal: Goal,
    rows: TestRows,
    challenger: Contender,
    champion: Contender | None,
    confidence: float,
    *,
    seed: int = 0,
) -> Comparison:
    """Score both models on the rows and say how sure the challenger's gain is.

    Accuracy gets an exact bound (`scoring.paired`), every other metric a bootstrap one
    (`scoring.bootstrap`, drawn from `seed`). A `confidence` of 0 asks for no bound. Without a
    champion the challenger's own figure is all there is.
    """
    start = Comparison(metric=metric, rows=len(rows.labels), confidence=confidence)
    contenders = {"challenger": challenger} | ({"champion": champion} if champion else {})
    try:
        rule = metric_for(metric, goal)
        check_rows(rows, contenders)
        parts = {
            role: rule.parts(rows.labels, answers_of(role, contender.model, rule, rows))
            for role, contender in contenders.items()
        }
        scores = {role: _score(role, metric, rule, part) for role, part in parts.items()}
        scored = structs.replace(start, **scores)
        return _paired(scored, rule, *parts.values(), seed=seed) if champion else scored
    except Incomparable as reason:
        return structs.replace(start, incomparable=str(reason))


def _score(role: str, name: str, metric: Metric, parts: Array) -> float:
    value = float(metric.value(parts.mean(axis=0)))
    if not np.isfinite(value):
        raise Incomparable(f"the {role}'s {name} has no value on these rows")
    return value


def _paired(
    scored: Comparison, metric: Metric, challenger: Array, champion: Array, *, seed: int
) -> Comparison:
    if metric is METRICS["accuracy"]:
        found = paired_accuracy(challenger[:, 0], champion[:, 0], scored.confidence)
        return structs.replace(scored, **structs.asdict(found))
    lead = metric.lead(challenger.mean(axis=0), champion.mean(axis=0))
    scored = structs.replace(scored, gain=float(lead))
    if not scored.confidence:
        return scored
    if scored.rows < FEWEST_ROWS:
        raise Incomparable(
            f"{scored.rows} test rows are too few for a bound ({FEWEST_ROWS} at least)"
        )
    bound = paired_bound(metric, challenger, champion, scored.confidence, seed)
    return structs.replace(scored, lower=bound.lower, p_value=bound.p_value)
