"""The distribution of the Kolmogorov–Smirnov distance against SciPy's."""

import numpy as np
import pytest
from scipy.stats import kstwo

from drift.statistics.kolmogorov import survival

GENERATOR = np.random.default_rng(3)


@pytest.mark.parametrize("rows", [1, 2, 3, 10, 99, 140, 141, 500, 9_999, 10_000, 20_000])
def test_survival_equals_scipy_for_any_distance(rows: int) -> None:
    few = np.array([0.5 / rows, 0.7 / rows, 1 / rows, (rows - 1) / rows, 0.5, 1.0])
    near = GENERATOR.uniform(0.2, 3, 40) / np.sqrt(rows)
    distances = np.clip(np.concatenate((few, near, GENERATOR.random(10))), 0.0, 1.0)
    found = [survival(float(distance), rows) for distance in distances]
    assert found == pytest.approx(kstwo.sf(distances, rows), abs=1e-9)


def test_no_distance_is_certain_and_a_full_one_impossible() -> None:
    assert (survival(0.0, 100), survival(1.0, 100)) == (1.0, 0.0)


def test_small_distances_of_many_rows_are_certain() -> None:
    assert survival(2e-5, 100_000) == pytest.approx(1.0)
