"""The bootstrap's bound: seeded, paired, and right about as often as it says."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap

from scoring.bootstrap import paired_bound
from scoring.metrics import METRICS

MAE, R2 = METRICS["mae"], METRICS["r2"]


def distances(seed: int, rows: int = 200, lead: float = 0.0) -> tuple[NDArray[Any], NDArray[Any]]:
    generator = np.random.default_rng(seed)
    ours = np.abs(generator.normal(size=(rows, 1)))
    return ours, ours + lead + generator.normal(0, 0.5, (rows, 1))


def test_the_same_seed_gives_the_same_bound():
    ours, theirs = distances(1)
    first = paired_bound(MAE, ours, theirs, 0.95, seed=7)
    assert first == paired_bound(MAE, ours, theirs, 0.95, seed=7)
    assert first != paired_bound(MAE, ours, theirs, 0.95, seed=8)


def test_identical_models_have_no_lead():
    ours, _ = distances(2)
    found = paired_bound(MAE, ours, ours, 0.95, seed=0)
    assert (found.lower, found.p_value) == (0.0, 1.0)


def test_agrees_with_the_bootstrap_of_scipy():
    ours, theirs = distances(3, lead=0.2)
    independent = bootstrap(
        (theirs[:, 0] - ours[:, 0],),
        np.mean,
        confidence_level=0.95,
        alternative="greater",
        method="percentile",
        rng=np.random.default_rng(0),
    )
    found = paired_bound(MAE, ours, theirs, 0.95, seed=0)
    assert found.lower == pytest.approx(independent.confidence_interval.low, abs=0.01)


def test_is_rarely_sure_of_a_lead_that_is_not_there():
    bounds = [paired_bound(MAE, *distances(seed), 0.95, seed=0).lower for seed in range(200)]
    assert sum(bound > 0 for bound in bounds if bound is not None) <= 20


def test_draws_without_a_value_count_as_lost():
    truth = np.zeros(30)
    truth[0] = 1.0
    parts = R2.parts(truth, truth)
    assert paired_bound(R2, parts, parts, 0.95, seed=0).lower is None


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="29 rows; a bootstrap needs at least 30"):
        paired_bound(MAE, np.ones((29, 1)), np.ones((29, 1)), 0.95, seed=0)
