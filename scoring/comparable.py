"""When figures must not be compared, and the sentence that says why.

The way to a comparison leads through here: the metric and its goal, the test rows, the answers of
each model. What does not hold raises Incomparable, and no number is made of it.
"""

from typing import Any

import numpy as np
from msgspec import Struct

from scoring.columns import matrix_of_columns
from scoring.errors import ScoringError
from scoring.evidence import TestRows
from scoring.goals import Goal
from scoring.metrics import METRICS, Array, Metric, known
from scoring.predict import Probabilities, predict, predict_probabilities
from scoring.rows import Matrix
from scoring.sessions import Model


class Incomparable(Exception):  # noqa: N818 - a finding, not an error.
    """The sentence that says why there is nothing to compare."""


class Contender(Struct, frozen=True):
    """A model in the comparison, and the digests of the rows that it was trained on."""

    model: Model
    training: frozenset[str]


def metric_for(name: str, goal: Goal) -> Metric:
    """The metric of a name, if its own direction is the policy's."""
    metric = known(name)
    if metric is None:
        raise Incomparable(
            f"the metric {name!r} is not one that can be scored ({', '.join(METRICS)})"
        )
    if metric.goal != goal:
        raise Incomparable(f"{name} is to be {metric.goal}d, and the policy says {goal}")
    return metric


def check_rows(rows: TestRows, contenders: dict[str, Contender]) -> None:
    """There are rows, each with a label, and no contender, named by its role, has seen one."""
    if not len(rows.labels):
        raise Incomparable("there are no test rows")
    unlabelled = int(_is_missing(rows.labels).sum())
    if unlabelled:
        raise Incomparable(f"{unlabelled} of {len(rows.labels)} test rows have no finite label")
    for role, contender in contenders.items():
        shared = len(rows.digests & contender.training)
        if shared:
            raise Incomparable(
                f"{shared} of {len(rows.digests)} test rows are among the rows that the {role} "
                "was trained on"
            )


def answers_of(role: str, model: Model, metric: Metric, rows: TestRows) -> Array | Probabilities:
    """What a model answers, in the form that the metric needs."""
    try:
        answers = _answers(metric, model, matrix_of_columns(rows.features, model.signature))
    except ScoringError as problem:
        raise Incomparable(f"the {role} cannot score the test rows: {problem}") from problem
    found = answers.matrix if isinstance(answers, Probabilities) else answers
    if metric.needs != "probabilities":
        _check_kind(role, metric, found, rows.labels)
    bad = int(_is_missing(found).reshape(len(found), -1).any(axis=1).sum())
    if bad:
        raise Incomparable(f"the {role}'s answer is not finite in {bad} of {len(found)} rows")
    return answers


def _answers(metric: Metric, model: Model, matrix: Matrix) -> Array | Probabilities:
    if metric.needs != "probabilities":
        return predict(model, matrix)
    given = predict_probabilities(model, matrix)
    if given.classes is None:
        # A bare matrix does not name its columns. By custom they are the classes 0, 1, 2, …;
        # whether that holds shows in the model's own labels.
        if not np.array_equal(given.matrix.argmax(axis=1), predict(model, matrix)):
            raise ScoringError("its probabilities do not name their classes (export with ZipMap)")
        given = Probabilities(given.matrix, tuple(range(given.matrix.shape[1])))
    return given


def _check_kind(role: str, metric: Metric, answers: Array, truth: Array) -> None:
    if answers.ndim != 1:
        raise Incomparable(f"the {role} gives {answers.shape[1]} answers a row, not one")
    kinds = {True: "text", False: "numbers"}
    ours, theirs = kinds[_is_text(answers)], kinds[_is_text(truth)]
    if ours != theirs:
        raise Incomparable(f"the {role} answers in {ours}, and the labels are {theirs}")
    if metric.needs == "values" and ours == "text":
        raise Incomparable("the metric needs numbers, and the labels are text")


def _is_text(values: Array) -> bool:
    return values.dtype.kind in "OUST"


def _is_missing(values: Array) -> Any:
    """Where a value is NaN, infinite or None."""
    if values.dtype.kind == "f":
        return ~np.isfinite(values)
    if values.dtype.kind == "O":
        return np.array([value is None or value != value for value in values], bool)
    return np.zeros(values.shape, bool)
