"""The metrics by which models are compared on test rows, each with its direction.

A metric here is a function of the means, over the rows, of a few quantities a row: the mean of
hits for accuracy, the mean of squared errors for the root mean squared error. So resampling rows
is one matrix product, and no metric has to be computed twice in two ways.

Each states its definition; all agree with scikit-learn's of the same name (1.9), which the tests
hold them against.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.goals import GOALS, Goal, plain
from scoring.predict import Probabilities

Array = NDArray[Any]

LEAST_PROBABILITY = float(np.finfo(np.float32).eps)
"""What log loss takes for a probability of zero: models answer in float32."""


class Metric(Struct, frozen=True, kw_only=True):
    """A metric: what it needs of a model, what it takes from each row, what it makes of the means.

    `parts(truth, answers)` has a row an observation; `value(means)` reduces the last axis.
    """

    goal: Goal
    needs: Literal["labels", "values", "probabilities"]
    parts: Callable[[Array, Any], Array]
    value: Callable[[Array], Array]

    def lead(self, challenger: Array, champion: Array) -> Array:
        """By how much the challenger's means beat the champion's, in the goal's direction."""
        difference = self.value(challenger) - self.value(champion)
        return difference if self.goal == "maximize" else -difference


def known(name: str) -> Metric | None:
    """The metric of a name, with or without `test_` in front.

    >>> known("test_accuracy") is known("accuracy")
    True
    """
    return METRICS.get(plain(name))


def _hits(truth: Array, answers: Array) -> Array:
    return np.equal(truth, answers).astype(float)[:, None]


def _class_counts(truth: Array, answers: Array) -> Array:
    """True positives and members (in truth plus in answers) of each class, side by side."""
    classes = np.unique(np.concatenate([truth, answers]))
    is_class, said_class = truth[:, None] == classes, answers[:, None] == classes
    members = is_class.astype(float) + said_class
    return np.concatenate([(is_class & said_class).astype(float), members], axis=1)


def _f1_macro(means: Array) -> Array:
    """The mean over classes of 2 tp / (2 tp + fp + fn); a class that nobody names is left out."""
    hits, members = np.split(means, 2, axis=-1)
    present = members > 0
    scores = np.divide(2 * hits, members, out=np.zeros_like(hits), where=present)
    return np.asarray(scores.sum(axis=-1) / present.sum(axis=-1))


def _surprise(truth: Array, answers: Probabilities) -> Array:
    """-log of the probability given to the true class; a class unknown to the model has none."""
    assert answers.classes is not None  # noqa: S101 - `compare` names the classes first.
    given = (truth[:, None] == np.array(answers.classes)) * answers.matrix
    return np.asarray(-np.log(np.clip(given.sum(axis=1), LEAST_PROBABILITY, 1.0)))[:, None]


def _squares(truth: Array, answers: Array) -> Array:
    return np.asarray(np.square(truth - answers))[:, None]


def _distances(truth: Array, answers: Array) -> Array:
    return np.asarray(np.abs(truth - answers))[:, None]


def _residuals_and_spread(truth: Array, answers: Array) -> Array:
    """Squared error, and truth and its square about the mean, where they lose no digits."""
    centred = truth - truth.mean()
    return np.column_stack([np.square(truth - answers), centred, np.square(centred)])


def _r2(means: Array) -> Array:
    """1 - residual / spread; NaN when all true values are the same, since nothing was explained."""
    residual, centre, square = means[..., 0], means[..., 1], means[..., 2]
    spread = square - np.square(centre)
    share = np.full_like(residual, np.nan)
    np.divide(residual, spread, out=share, where=spread > 0)
    return np.asarray(1 - share)


def _mean(means: Array) -> Array:
    return means[..., 0]


def _root(means: Array) -> Array:
    return np.asarray(np.sqrt(means[..., 0]))


METRICS: dict[str, Metric] = {
    "accuracy": Metric(goal=GOALS["accuracy"], needs="labels", parts=_hits, value=_mean),
    "f1_macro": Metric(
        goal=GOALS["f1_macro"], needs="labels", parts=_class_counts, value=_f1_macro
    ),
    "log_loss": Metric(goal=GOALS["log_loss"], needs="probabilities", parts=_surprise, value=_mean),
    "rmse": Metric(goal=GOALS["rmse"], needs="values", parts=_squares, value=_root),
    "mae": Metric(goal=GOALS["mae"], needs="values", parts=_distances, value=_mean),
    "r2": Metric(goal=GOALS["r2"], needs="values", parts=_residuals_and_spread, value=_r2),
}
"""Every metric by name, without `test_`."""
