"""Every metric against scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as reference

from scoring.goals import GOALS
from scoring.metrics import METRICS, known
from scoring.predict import Probabilities

GENERATOR = np.random.default_rng(5)
LABELS = GENERATOR.integers(0, 4, 300)
GUESSES = np.where(GENERATOR.random(300) < 0.7, LABELS, GENERATOR.integers(0, 5, 300))
VALUES = GENERATOR.normal(1e6, 3.0, 300)
ESTIMATES = VALUES + GENERATOR.normal(0, 1.0, 300)
CHANCES = GENERATOR.dirichlet(np.ones(4), 300)


def measure(name: str, truth: Any, answers: Any):
    metric = METRICS[name]
    return float(metric.value(metric.parts(truth, answers).mean(axis=0)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", reference.accuracy_score(LABELS, GUESSES)),
        ("f1_macro", reference.f1_score(LABELS, GUESSES, average="macro")),
    ],
)
def test_labels_are_measured_as_scikit_learn_does(name: str, expected: float):
    assert measure(name, LABELS, GUESSES) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rmse", reference.root_mean_squared_error(VALUES, ESTIMATES)),
        ("mae", reference.mean_absolute_error(VALUES, ESTIMATES)),
        ("r2", reference.r2_score(VALUES, ESTIMATES)),
    ],
)
def test_quantities_are_measured_as_scikit_learn_does(name: str, expected: float):
    assert measure(name, VALUES, ESTIMATES) == pytest.approx(expected, rel=1e-9)


def test_log_loss_is_measured_as_scikit_learn_does():
    expected = reference.log_loss(LABELS, CHANCES)
    assert measure("log_loss", LABELS, Probabilities(CHANCES, (0, 1, 2, 3))) == pytest.approx(
        expected, rel=1e-12
    )


def test_a_true_class_unknown_to_the_model_costs_the_most():
    surprise = measure("log_loss", np.array([9]), Probabilities(np.array([[1.0]]), (0,)))
    assert surprise == pytest.approx(-np.log(np.finfo(np.float32).eps))


def test_f1_of_text_labels_leaves_no_class_out():
    truth, guesses = np.array(["a", "a", "b"]), np.array(["a", "c", "b"])
    expected = reference.f1_score(truth, guesses, average="macro", zero_division=0)
    assert measure("f1_macro", truth, guesses) == pytest.approx(expected)


def test_r2_of_rows_that_are_all_alike_has_no_value():
    assert np.isnan(measure("r2", np.ones(4), np.zeros(4)))


def test_every_metric_that_the_configuration_takes_can_be_scored():
    assert list(METRICS) == list(GOALS)


def test_a_metric_is_known_with_and_without_test_in_front():
    assert known("test_rmse") is METRICS["rmse"]
    assert known("mape") is None
